"""The pages after the first: everything needed to judge a run.

The fields are those of ISO/IEC 17025:2017, 7.8.2, and the decision rule is stated as 7.8.6 asks.
"""

from __future__ import annotations

from engine.core.fields import FieldSpec, field_specs
from engine.core.nouns import of_kind
from engine.core.records import InputIdentity
from engine.core.rounding import confidence_percent, p_value_in_words, round_up, short_up
from engine.core.scores import SOFT
from engine.evidence.attack import AttackRecord, size_in_words
from engine.evidence.attack_words import attack_in_words
from engine.evidence.evidence import DecisionRecord, Evidence, TrajectoryPoint
from engine.evidence.settings import MeasureSettings, RunSettings
from engine.evidence.statement import SCORES_ROUNDED, SOFT_CLASSIFIER
from engine.evidence.subject import as_taken, noise_of
from engine.report import enumerated
from engine.report.anchors import anchor_sections
from engine.report.answers import answer_limits, answer_sections
from engine.report.content import Fact, Section, Table
from engine.report.encrypted import encrypted_limits, encrypted_sections
from engine.report.members import member_sections
from engine.report.numbers import count, lower, numbered, percent, plain, upper
from engine.report.provenance import provenance
from engine.schemes import Scheme
from engine.schemes.norms import NormScheme
from engine.schemes.parameter_fields import unit_for

_TRAJECTORY_ROWS = 8
_VOTE_ROWS = 12
_ANSWERS = {True: "certified", False: "not certified"}

_CERTIFY_LIMITS = (
    "An abstention does not show that the model can be attacked: the method is incomplete.",
)
_PREDICT_LIMITS = ("It says nothing about changed inputs: no radius is claimed.",)
_MEDIAN_LIMITS = (
    "It says where medians stay, not that the model's answer is right, and nothing of changes "
    "larger than epsilon.",
)
_MEDIAN_ABOUT = (
    "It is about the medians of the model's answers under the noise, which a user of it computes "
    "from many noisy samples, not about the base model used alone."
)
_MEDIAN_SOURCE = Fact(
    "median smoothing", "Chiang et al., Detection as Regression, NeurIPS 2020", "order statistics"
)
_MEDIAN_RULE = (
    "Of the answers to n noisy samples two ranks are the ends of every interval. They follow from "
    "n, epsilon, the noise and alpha, which is shared evenly by all ends, and were settled before "
    "the run; an end that n does not reach is left open."
)
_NOT_THE_BASE = "Nor is anything said of the base model used alone."
_BESIDE_SCORES = (
    "They stand beside the claim, which rests on the scores of the class that the selection votes "
    "chose, not on how many samples it won."
)
_GENERAL_LIMITS = (
    "It relates only to the input and the model tested, named here by their digests.",
)
_CHANCE_LIMITS = (
    "alpha is per statement: of many such statements a share of at most alpha is wrong on average, "
    "and in a given set of them it can be more.",
)
_ARITHMETIC_LIMITS = {
    "float": ("The noise is made in floating point and is not sound to the last bit.",),
    "exact grid": ("It covers changed images with 8 bits per channel, and no others.",),
}
"""None for noise of whole numbers: it has no rounding to speak of."""


def sections(evidence: Evidence) -> tuple[Section, ...]:
    """In the order a reader needs them."""
    certifying = evidence.procedure != "predict"
    over_n = evidence.trajectory and enumerated.grows(evidence)
    parts = [
        *declared(evidence),
        *_intervals(evidence),
        _votes(evidence),
        *anchor_sections(evidence),
        *answer_sections(evidence),
        *member_sections(evidence),
        *encrypted_sections(evidence),
        *([_phases(evidence.decision)] if evidence.decision else []),
        *([_trajectory(evidence)] if over_n else []),
        *(_asked(evidence) if certifying else ()),
        *_attack(evidence),
    ]
    return (*parts, *provenance(evidence))


def declared(evidence: Evidence) -> tuple[Section, ...]:
    """What was settled before the run."""
    return _method(evidence), _decision(evidence), _parameters(evidence)


def limits(evidence: Evidence) -> Section:
    """What the statement must not be taken for."""
    certifying = evidence.procedure != "predict"
    arithmetic = _ARITHMETIC_LIMITS.get(evidence.noise.arithmetic, ())
    if enumerated.is_computed(evidence):  # what is drawn decides nothing
        arithmetic = ()
    scheme = evidence.settings.scheme
    stated = scheme.limits_of(evidence.input.kind)
    own = (*stated, scheme.kept_in_words(), *_CERTIFY_LIMITS) if certifying else _PREDICT_LIMITS
    own = _MEDIAN_LIMITS if evidence.procedure == "measure" else own
    chance = () if enumerated.samples_counted(evidence) else _CHANCE_LIMITS
    said = (
        *own,
        *encrypted_limits(evidence),
        *answer_limits(evidence),
        *_about(evidence),
        *_GENERAL_LIMITS,
        *chance,
    )
    return Section("What this does not say", sentences=(*said, *arithmetic))


def _about(evidence: Evidence) -> tuple[str, ...]:
    """Whose decision it is about, and which input."""
    scheme, taken = evidence.settings.scheme, as_taken(evidence.input)
    about = _MEDIAN_ABOUT if evidence.procedure == "measure" else scheme.about_in_words()
    if evidence.settings.bound == SOFT:
        about = f"{SOFT_CLASSIFIER} {_NOT_THE_BASE} {SCORES_ROUNDED}"
    if not taken:
        return (about,)
    given = (
        f"It is about the {scheme.subject} {taken}, and not about the values in its file, except "
        "where the statement names them."
    )
    return about, given


def _method(evidence: Evidence) -> Section:
    scheme = evidence.settings.scheme
    facts = [
        Fact("scheme", scheme.title),
        Fact("source", scheme.citation),
        Fact("noise", noise_of(scheme, evidence.input)),
    ]
    if evidence.procedure != "predict":
        facts += _guarantee(evidence)
    return Section("Method", tuple(facts))


def _guarantee(evidence: Evidence) -> list[Fact]:
    from engine.bounds import bound_method  # deferred: SciPy is slow to load

    scheme, method = evidence.settings.scheme, bound_method(evidence.settings.bound)
    measured = evidence.procedure == "measure"
    basis = evidence.bounds.basis if evidence.bounds else "no votes to bound"
    attacker = scheme.attacker_in_words(evidence.input.kind)
    bound = f"{method.title}: {method.summary}"
    source = scheme.citation if scheme.computed else method.citation
    if isinstance(evidence.settings, MeasureSettings):  # nothing is extended, and there is no R
        within = f"at most epsilon = {plain(evidence.settings.epsilon)}"
        attacker = f"{attacker.removesuffix('below R')}{within}"
        bound = f"{evidence.settings.bound}, of the two ranks that end each interval"
    return [
        Fact("the attacker may", attacker, _changed(evidence)),
        Fact("guarantee", f"{scheme.guarantee}, {scheme.randomness}, incomplete"),
        Fact("bound", bound),
        Fact("bound's source", source),
        *([_MEDIAN_SOURCE] if measured else [Fact("validity", basis)]),
        *(Fact(*row) for row in scheme.rests_on(evidence.facts)),
    ]


def _changed(evidence: Evidence) -> str:
    taken = as_taken(evidence.input)
    return f"of the {evidence.settings.scheme.subject} {taken}" if taken else ""


def _decision(evidence: Evidence) -> Section:
    samples = enumerated.samples_counted(evidence)
    if samples:
        said = enumerated.decision(evidence, samples)
        return Section("Decision rule", sentences=said)
    alpha = plain(evidence.settings.alpha)
    if evidence.procedure == "measure":
        rule = _MEDIAN_RULE
    elif evidence.procedure != "predict":
        rule = (
            "The class is chosen from n0 votes and bounded from n fresh ones, under a bound "
            f"declared before the run. {evidence.settings.scheme.rule_in_words()}"
        )
    else:
        rule = (
            "The class with most votes is returned, and only if the test's p-value is at most "
            f"alpha = {alpha}."
        )
    risk = (
        f"The chance that this procedure makes a false statement is at most alpha = {alpha} "
        f"(confidence {confidence_percent(evidence.settings.alpha)} %); otherwise it abstains. "
        "Certified numbers are rounded down, upper bounds up."
    )
    return Section("Decision rule", sentences=(rule, risk))


def _phases(decision: DecisionRecord) -> Section:
    """What each phase of an adaptive decision found; nothing is pooled between them."""
    facts = [
        Fact("target", decision.target, f"verdict: {decision.verdict}"),
        Fact("votes drawn", count(decision.samples_used), _saved(decision)),
        Fact("phases", f"{len(decision.phases)} of {len(decision.plan)}", _planned(decision)),
        Fact("beta", plain(decision.beta), "chance of giving up on a target that holds"),
    ]
    for number, phase in enumerate(decision.phases, start=1):
        n = sum(phase.estimation) + phase.estimation_failures
        bound = "not counted to its end"
        if phase.p_lower is not None:
            bound = f"p lower {lower(phase.p_lower)} at alpha {short_up(phase.alpha, 6)}"
        facts.append(Fact(f"phase {number}", f"{count(n)} votes", bound))
    return Section("Phases of the decision", tuple(facts))


def _saved(decision: DecisionRecord) -> str:
    saved, full = decision.samples_saved, count(decision.samples_full)
    less = f"{count(saved)} saved" if saved >= 0 else f"{count(-saved)} more"
    return f"{less}, against {full} of a run with a fixed n"


def _planned(decision: DecisionRecord) -> str:
    planned = ", ".join(map(count, decision.plan))
    return f"planned: {planned} votes, each with alpha/{len(decision.plan)}"


def _parameters(evidence: Evidence) -> Section:
    settings, scheme = evidence.settings, evidence.settings.scheme
    unused = set() if settings.law.has_modes else {"noise"}
    unused |= set() if settings.target else {"target"}
    facts = [
        Fact(spec.title, _typed(spec, record, evidence.input), _explained(spec, evidence.input))
        for record in (scheme, settings)
        for spec in field_specs(type(record))
        if spec.name not in (scheme.idle() if record is scheme else unused)
        and spec.told(getattr(record, spec.name))
    ]
    return Section("Parameters", tuple(facts))


def _typed(spec: FieldSpec, record: Scheme | RunSettings, given: InputIdentity) -> str:
    """A parameter's value; a seed as it is typed, without marks between its digits."""
    value = getattr(record, spec.name)
    if value is None and isinstance(record, NormScheme):
        value = record.stated(spec.name, given)
    return str(value) if spec.name == "seed" else plain(value)


def _explained(spec: FieldSpec, given: InputIdentity) -> str:
    unit, said = unit_for(spec.unit, given.kind), of_kind(spec.help, given.kind)
    return f"{said}; {unit}" if unit else said


def _votes(evidence: Evidence) -> Section:
    votes, names = evidence.votes, evidence.model.class_names
    total = sum(votes.estimation) + votes.estimation_failures
    order = sorted(range(len(names)), key=lambda c: (-votes.estimation[c], -votes.selection[c], c))
    shown = [c for c in order if votes.estimation[c] or votes.selection[c]][:_VOTE_ROWS]

    def row(name: str, index: str, selection: int, estimation: int) -> tuple[str, ...]:
        phases = evidence.procedure not in ("predict", "measure")
        chosen = (count(selection),) if phases else ()
        return name, index, *chosen, count(estimation), percent(estimation, total)

    rows = [row(names[c], str(c), votes.selection[c], votes.estimation[c]) for c in shown]
    left = len(names) - len(shown)
    if left:
        selection = sum(votes.selection) - sum(votes.selection[c] for c in shown)
        estimation = sum(votes.estimation) - sum(votes.estimation[c] for c in shown)
        rows.append(row(numbered(left, "other"), "", selection, estimation))
    rows.append(row("no class", "", votes.selection_failures, votes.estimation_failures))
    header = ("class", "index", *_phase_names(evidence), "share")
    note = "Votes for no class (a failure, a score that is not finite) count against every class."
    beside = (_BESIDE_SCORES,) if evidence.settings.bound == SOFT else ()
    return Section("Votes", table=Table(header, tuple(rows)), sentences=(note, *beside))


def _intervals(evidence: Evidence) -> tuple[Section, ...]:
    """Where the median of every output stays."""
    outputs = evidence.model.outputs
    if not evidence.intervals or outputs is None:
        return ()
    rows = tuple(
        (
            one.name,
            "none" if one.lower is None else lower(one.lower),
            "none" if one.median is None else plain(one.median),
            "none" if one.upper is None else upper(one.upper),
        )
        for one in evidence.intervals
    )
    note = f"In {outputs.unit}. " if outputs.unit else ""
    note += "The median is that of the answers at the input itself, an estimate without guarantee."
    header = ("output", "at least", "median here", "at most")
    title = "Guaranteed intervals of the outputs' medians"
    return (Section(title, table=Table(header, rows), sentences=(note,)),)


def _phase_names(evidence: Evidence) -> tuple[str, ...]:
    if evidence.procedure in ("predict", "measure"):
        return ("votes",)
    if enumerated.is_computed(evidence):
        return "selection", "beside"
    if enumerated.samples_counted(evidence):
        return "first count", "second count"
    return "selection", "estimation"


def _trajectory(evidence: Evidence) -> Section:
    rows = tuple(
        (
            count(point.n),
            count(point.k),
            lower(point.p_lower),
            upper(point.p_upper),
            "valid" if point.valid else "provisional",
        )
        for point in _sampled(evidence.trajectory)
    )
    return Section("Bounds over n", table=Table(("n", "k", "p lower", "p upper", "sense"), rows))


def _sampled(points: tuple[TrajectoryPoint, ...]) -> list[TrajectoryPoint]:
    """A few points, each at least about twice as far as the one before, and the last."""
    chosen = [points[-1]]
    for point in reversed(points[:-1]):
        if point.n * 2 <= chosen[-1].n and len(chosen) < _TRAJECTORY_ROWS:
            chosen.append(point)
    return chosen[::-1]


def _attack(evidence: Evidence) -> tuple[Section, ...]:
    """What was found beside the certificate."""
    attack = evidence.attack
    if attack is None:
        return ()
    said = attack_in_words(evidence)
    if attack.perturbation is None:
        return (Section("Attack on the smoothed model", sentences=(said,)),)
    looks = "probabilities computed" if attack.computed else "votes of its own"
    facts = (
        Fact("smallest change found", size_in_words(attack.perturbation), "rounded up"),
        Fact("found by", attack.how, f"{count(attack.looks)} {looks}"),
        *_confirmation(attack),
        Fact("sha256 of the change", attack.pixels_sha256, "the changed input's values", code=True),
    )
    return (Section("Attack on the smoothed model", facts, (said,)),)


def _confirmation(attack: AttackRecord) -> tuple[Fact, ...]:
    if attack.votes is None:
        high = round_up(attack.outside or 0.0, 6)
        how = "probability of another class than the one it leads to, at most; nothing is sampled"
        return (Fact("confirmed by", f"{high}, computed", how),)
    votes = attack.votes.n
    if attack.counted:
        how = "every sample of the noise, so that nothing is left to chance"
        return (Fact("confirmed by", f"{count(votes)} votes", how),)
    tries = numbered(attack.tries, "try").replace("trys", "tries")
    name = {"lead": "two-sided", "rank": "rank", "threshold": "binomial"}[attack.lost]
    test = f"{name} test, p-value {p_value_in_words(attack.p_value or 0.0)}"
    return (
        Fact(
            "confirmed by",
            f"{count(votes)} votes",
            f"{test}, alpha = {plain(attack.alpha)} over {tries}",
        ),
        Fact("key", attack.key, "from the changed input", code=True),
    )


def _asked(evidence: Evidence) -> tuple[Section, ...]:
    """What the run was to reach, and what else was asked."""
    from engine.procedures.target import answered  # deferred: SciPy is slow to load

    facts, found = [], answered(evidence.settings, evidence.region)
    if found is not None:
        target, inside = found
        facts.append(Fact(target, _ANSWERS[inside], f"the target; ended: {evidence.stop_reason}"))
    alone = evidence.settings.scheme.region_type.of_one_change
    facts += [Fact(at, _ANSWERS[inside], alone) for at, inside in evidence.certified_at.items()]
    return (Section("Perturbations asked for", tuple(facts)),) if facts else ()
