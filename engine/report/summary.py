"""The first page: outcome, statement, and the numbers it rests on."""

from __future__ import annotations

from engine.core.fields import field_specs
from engine.core.nouns import of_kind
from engine.core.rounding import confidence_percent, p_value_in_words
from engine.core.scores import SOFT
from engine.evidence.attack import size_in_words
from engine.evidence.attack_words import attack_in_words
from engine.evidence.ending import ended_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.subject import headline_in, region_note
from engine.evidence.tries import tries_in_words
from engine.figures.bounds import NOISE_WORDS
from engine.report import enumerated
from engine.report.content import Content, Fact, Section, Tone
from engine.report.numbers import count, lower, plain, upper
from engine.report.sections import limits, sections
from engine.schemes import Scheme
from engine.schemes.parameter_fields import unit_for
from engine.schemes.threshold import threshold_in_words

_TITLES = {
    "certified": "Robustness certificate",
    "heuristic": "Heuristic, no certificate",
    "predicted": "Smoothed prediction",
    "abstained": "Robustness assessment",
}
_TONES: dict[str, Tone] = {
    "certified": "good",
    "heuristic": "warn",
    "predicted": "good",
    "abstained": "warn",
}
_WHY = {"predict": "Why no prediction", "decide": "Why it is not certified"}
_CAUSES = {
    "wrong-guess": "the selection votes guessed the wrong class",
    "below-half": "the class's probability under the noise is not above {threshold}",
    "too-few-samples": "n is too small for these votes",
}
_SHORT_HASH = 12


def content(evidence: Evidence) -> Content:
    """Everything a report says about a run."""
    return Content(
        title="Contradicted certificate" if evidence.contradicted else _TITLES[evidence.outcome],
        verdict="CONTRADICTED" if evidence.contradicted else evidence.outcome.upper(),
        tone="bad" if evidence.contradicted else _TONES[evidence.outcome],
        badge=badge(evidence),
        partial=_partial(evidence),
        statement=_statement(evidence),
        why=_why(evidence),
        key_facts=(*_answer(evidence), *_bounds(evidence), *_test(evidence), *_votes(evidence)),
        identity=_identity(evidence),
        limits=limits(evidence),
        sections=sections(evidence),
    )


def _statement(evidence: Evidence) -> str:
    """As recorded; one that is refuted says so itself, wherever it is copied to."""
    stated = evidence.statement
    return f"Refuted by an attack: “{stated}”" if evidence.contradicted else stated


def badge(evidence: Evidence) -> str:
    """How far the arithmetic of its noise can be relied on, in a few words."""
    if enumerated.samples_counted(evidence):
        return NOISE_WORDS[evidence.settings.law.arithmetic]
    return NOISE_WORDS[evidence.noise.arithmetic]


def estimated(evidence: Evidence) -> int:
    """Votes counted in the estimation phase."""
    return sum(evidence.votes.estimation) + evidence.votes.estimation_failures


def _partial(evidence: Evidence) -> str:
    if evidence.complete:
        return ""
    if evidence.settings.kind == "sweep":
        return "Stopped early: a part of the range was not asked."
    done, planned = count(estimated(evidence)), count(evidence.n_plan)
    return f"Stopped early: {done} of {planned} planned votes were counted."


def _why(evidence: Evidence) -> Section | None:
    abstention = evidence.abstention
    if evidence.contradicted:
        return Section("Why this is not to be used", sentences=(attack_in_words(evidence),))
    if abstention is None:
        return None
    facts = []
    threshold = threshold_in_words(evidence.settings.scheme)
    causes = {reason: cause.format(threshold=threshold) for reason, cause in _CAUSES.items()}
    decides = evidence.procedure == "decide"  # one radius is open; the class may well be clear
    if abstention.reason in causes and not decides and not enumerated.samples_counted(evidence):
        others = [cause for reason, cause in causes.items() if reason != abstention.reason]
        facts.append(Fact("most likely", causes[abstention.reason]))
        facts += [Fact("less likely", cause) for cause in others]
    if abstention.n_needed is not None:
        needed = count(abstention.n_needed)
        facts.append(Fact("n that would help", needed, "if the votes keep their shares"))
    told = abstention.sentence in evidence.statement
    sentence = abstention.sentence[:1].upper() + abstention.sentence[1:]
    title = _WHY.get(evidence.procedure, "Why nothing is certified")
    return Section(title, tuple(facts), () if told else (sentence,))


def _answer(evidence: Evidence) -> tuple[Fact, ...]:
    facts, region = [], evidence.region
    if region is not None:
        note = "does not hold" if evidence.contradicted else region_note(region, evidence.input)
        facts.append(Fact("certified region", headline_in(region, evidence.input), note))
    if evidence.attack is not None and evidence.attack.perturbation is not None:
        size = size_in_words(evidence.attack.perturbation)
        facts.append(Fact("attacked at", size, "smallest change found; no guarantee, rounded up"))
    if evidence.predicted_class is not None:
        facts.append(Fact("prediction", evidence.class_name or "", _against_label(evidence)))
    if evidence.transfer is not None:
        transfer = evidence.transfer
        headline = transfer.region.headline() if transfer.region else "nothing"
        chance = confidence_percent(min(1.0, transfer.alpha_votes + transfer.alpha_audit))
        note = f"confidence {chance} %; rests on labels; see True class"
        facts.append(Fact("true class", headline, note))
    return tuple(facts)


def _against_label(evidence: Evidence) -> str:
    index = f"class {evidence.predicted_class}"
    if evidence.input.label is None:
        return f"{index}; true class not known"
    same = evidence.input.label == evidence.predicted_class
    name = evidence.input.label_name or str(evidence.input.label)
    return f"{index}; the true class" if same else f"{index}; the true class is '{name}'"


def _bounds(evidence: Evidence) -> tuple[Fact, ...]:
    bounds = evidence.bounds
    if enumerated.samples_counted(evidence):
        return enumerated.shares(evidence)
    if bounds is None:
        return ()
    sense = "" if bounds.valid else " (provisional)"
    return (
        *scored(evidence),
        Fact("p lower", lower(bounds.p_lower), f"{_bounded(bounds.method)}, rounded down{sense}"),
        Fact("p upper", upper(bounds.p_upper), f"of every other class, rounded up{sense}"),
    )


def scored(evidence: Evidence) -> tuple[Fact, ...]:
    """The mean score that a soft bound is about, as it was drawn; nothing of any other bound."""
    votes = evidence.estimation
    if votes.scores is None:
        return ()
    mean = lower(votes.scores.mean(votes.n))
    return (Fact("mean softmax score", mean, f"of the chosen class over {count(votes.n)} samples"),)


def _bounded(method: str) -> str:
    return "of the chosen class's mean softmax score" if method == SOFT else "of the chosen class"


def _test(evidence: Evidence) -> tuple[Fact, ...]:
    if evidence.test is None:
        return ()
    value = p_value_in_words(evidence.test.p_value)
    said = value if value.startswith("below") else f"≤ {value}"
    return (Fact("p-value", said, f"{evidence.test.name} binomial test"),)


def _votes(evidence: Evidence) -> tuple[Fact, ...]:
    parameters, samples = (
        scheme_facts(evidence.settings.scheme, evidence.input.kind),
        enumerated.samples_counted(evidence),
    )
    if samples:
        return (*parameters, *enumerated.key_facts(evidence, samples))
    settings, certifying = evidence.settings, evidence.procedure not in ("predict", "measure")
    done = count(estimated(evidence))
    alpha = f"confidence {confidence_percent(settings.alpha)} %"
    facts = [*parameters, Fact("alpha", plain(settings.alpha), f"{alpha}, for this statement")]
    if evidence.settings.kind == "measure":
        facts.append(
            Fact("epsilon", plain(evidence.settings.epsilon), "size of the change, at most")
        )
        facts.append(Fact("n", done, "answers, of which ranks are the ends"))
        return tuple(facts)
    facts.append(Fact("n", done, "votes that bound" if certifying else "votes tested"))
    if certifying:
        facts.append(Fact("n0", count(sum(evidence.votes.selection)), "votes that chose the class"))
        basis = evidence.bounds.basis if evidence.bounds else "no votes to bound"
        facts.append(Fact("bound", settings.bound, basis))
    return tuple(facts)


def scheme_facts(scheme: Scheme, kind: str = "") -> tuple[Fact, ...]:
    """Its parameters that are given, without what is rarely changed and was not.

    Args:
        scheme: of the run.
        kind: of the input, for their units.
    """
    return tuple(
        Fact(
            spec.title,
            plain(getattr(scheme, spec.name)),
            ", ".join(filter(None, (of_kind(spec.help, kind), unit_for(spec.unit, kind)))),
        )
        for spec in field_specs(type(scheme))
        if getattr(scheme, spec.name) is not None
        and spec.name not in scheme.idle()
        and not (spec.advanced and getattr(scheme, spec.name) == spec.default)
    )


def _identity(evidence: Evidence) -> tuple[Fact, ...]:
    model, image = evidence.model, evidence.input
    return (
        *_assignment(evidence),
        Fact("model", model.name, f"sha256 {model.sha256[:_SHORT_HASH]}…"),
        Fact("input", image.name, f"sha256 {image.sha256[:_SHORT_HASH]}…"),
        Fact("run", evidence.run_id, evidence.created),
        Fact("tries", _tries(evidence), f"ended: {ended_in_words(evidence)}"),
        *_heads(evidence),
    )


def _assignment(evidence: Evidence) -> tuple[Fact, ...]:
    """For whom and why, as somebody wrote it."""
    if evidence.assignment is None:
        return ()
    return tuple(Fact(name, text, "as stated") for name, text in evidence.assignment.lines())


def _tries(evidence: Evidence) -> str:
    """Which run it is of how many: whoever may choose among runs makes more than alpha errors."""
    if enumerated.samples_counted(evidence):
        return "do not matter: every run comes to the same"
    if evidence.tries_known_to:
        said = tries_in_words(evidence)
        return f"{said[:1].lower()}{said[1:].rstrip('.')} (same model, input and attacker)"
    if evidence.run_number is None:
        return "runs were not counted (no case file)"
    of = f" of {evidence.runs_counted}" if evidence.runs_counted else ""
    return f"run {evidence.run_number}{of} on this model, input and setting"


def _heads(evidence: Evidence) -> tuple[Fact, ...]:
    """What stands for every vote, and for every value of the attached evidence."""
    seal = Fact("seal", evidence.seal, code=True)
    if evidence.chain is None:
        return (seal,)
    return Fact("chain", evidence.chain.head, code=True), seal
