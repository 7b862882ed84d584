"""The table of numbers beside a statement; lower bounds are rounded down, upper ones up."""

from __future__ import annotations

from engine.core.records import InputIdentity, Votes
from engine.core.rounding import confidence_percent, p_value_in_words, round_down, round_up
from engine.evidence.attack import size_in_words
from engine.evidence.ending import ended_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.run_view import RunView
from engine.evidence.settings import RunSettings
from engine.evidence.snapshot import Snapshot
from engine.evidence.subject import noise_of
from gui.widgets.facts import Rows
from gui.widgets.input_kinds import KIND_WORDS

DIGITS = 4
HASH_DIGITS = 12


def evidence_rows(evidence: Evidence) -> Rows:
    """Everything a reader needs to judge the statement."""
    rows = (
        _answer_rows(evidence)
        + _bound_rows(evidence)
        + _setting_rows(evidence.settings, evidence.input)
    )
    if evidence.intervals:
        measured = [(one.name, one.ends()) for one in evidence.intervals]
        rows = [*measured, *_setting_rows(evidence.settings, evidence.input)]
    run = evidence.performance
    rows += [
        (
            "guarantee",
            f"{evidence.settings.scheme.guarantee}, {evidence.settings.scheme.randomness}",
        ),
        *((name, value) for name, value, _ in evidence.settings.scheme.rests_on(evidence.facts)),
        (KIND_WORDS[evidence.input.kind].one, evidence.input.name),
        ("model", f"{evidence.model.name}, {evidence.model.sha256[:HASH_DIGITS]}…"),
        *_members(evidence),
        ("time", f"{run.seconds:.1f} s on {run.device}"),
        ("ended", ended_in_words(evidence)),
    ]
    if evidence.chain is not None:
        rows.append(("chain head", f"{evidence.chain.head[:HASH_DIGITS]}…"))
    return rows


def _members(evidence: Evidence) -> Rows:
    """What the members of an ensemble were asked."""
    return [] if evidence.ensemble is None else [("members", evidence.ensemble.in_words())]


def snapshot_rows(snapshot: Snapshot, class_names: tuple[str, ...]) -> Rows:
    """The run as it stands."""
    if snapshot.settings.kind == "measure":
        answers = f"{snapshot.estimation.n:,} of {snapshot.n_plan:,}"
        return [("answers", answers), *((one.name, one.ends()) for one in snapshot.intervals)]
    if _is_map(snapshot):
        return _map_rows(snapshot, class_names)
    if snapshot.top is None or snapshot.bounds is None:
        return [("votes", f"{snapshot.n_done:,} of {snapshot.n0_plan + snapshot.n_plan:,}")]
    bounds, votes = snapshot.bounds, snapshot.estimation
    rows = [
        ("class", class_names[snapshot.top]),
        ("votes", f"{votes.counts[snapshot.top]:,} of {votes.n:,}"),
        *_scored(votes),
        ("p lower", round_down(bounds.p_lower, DIGITS)),
        ("p upper, others", round_up(bounds.p_upper, DIGITS)),
    ]
    if snapshot.provisional is not None:
        provisional = round_down(snapshot.provisional.p_lower, DIGITS)
        rows.append(("p lower, provisional", provisional))
    return rows


def _map_rows(snapshot: Snapshot, class_names: tuple[str, ...]) -> Rows:
    """A map as it stands: cells first, then the images beside it, and no probability."""
    votes, rows = snapshot.estimation, list[tuple[str, str]]()
    if snapshot.top is not None:
        rows.append(("class", class_names[snapshot.top]))
    if snapshot.bounds is not None:
        share = round_down(snapshot.bounds.p_lower, DIGITS)
        rows.append(("certified share of the box", share))
    if snapshot.top is not None and votes.n:
        kept = f"{votes.counts[snapshot.top]:,} of {votes.n:,}"
        rows.append(("images beside that keep it", kept))
    return rows


def _scored(votes: Votes) -> Rows:
    """The mean score that a soft bound is about; nothing of any other."""
    if votes.scores is None:
        return []
    return [("mean softmax score", round_down(votes.scores.mean(votes.n), DIGITS))]


def _is_map(view: RunView) -> bool:
    from engine.report.enumerated import is_map  # its package loads typst, after the warm-up

    return is_map(view)


def _answer_rows(evidence: Evidence) -> Rows:
    names, votes = evidence.model.class_names, evidence.votes
    label = evidence.input.label_name
    rows: Rows = []
    if evidence.class_name is not None:
        known = f" (label {label})" if label is not None else ""
        rows.append(("prediction", f"{evidence.class_name}{known}"))
    elif votes.guess is not None:
        rows.append(("guess", names[votes.guess]))
    n = sum(votes.estimation) + votes.estimation_failures
    if votes.guess is not None and n:
        won = f"{votes.estimation[votes.guess]:,} of {n:,}"
        beside = "images beside that keep it"
        rows.append((beside if _is_map(evidence) else f"votes for {names[votes.guess]}", won))
    if evidence.attack is not None and evidence.attack.perturbation:
        rows.append(("attacked at (no guarantee)", size_in_words(evidence.attack.perturbation)))
    if votes.estimation_failures:
        rows.append(("samples without a class", f"{votes.estimation_failures:,}"))
    return rows


def _bound_rows(evidence: Evidence) -> Rows:
    rows: Rows = []
    bounds, test = evidence.bounds, evidence.test
    if bounds is not None and _is_map(evidence):  # a share of the box, and no probability
        rows.append(("certified share of the box", round_down(bounds.p_lower, DIGITS)))
    elif bounds is not None:
        rows += [
            *_scored(evidence.estimation),
            ("p lower", round_down(bounds.p_lower, DIGITS)),
            ("p upper, others", round_up(bounds.p_upper, DIGITS)),
        ]
    if test is not None:
        rows += [("test", test.name), ("p-value", p_value_in_words(test.p_value))]
    if evidence.transfer is not None:
        rows += [
            ("p lower, true class", round_down(evidence.transfer.p_lower, DIGITS)),
            ("false accepts", f"at most {round_up(evidence.transfer.false_accept, DIGITS)}"),
            ("alpha of the labels", str(evidence.transfer.alpha_audit)),
        ]
    for text, answer in evidence.certified_at.items():
        rows.append((text, "certified" if answer else "not certified"))
    if evidence.abstention is not None and evidence.abstention.n_needed is not None:
        rows.append(("n that would certify", f"about {evidence.abstention.n_needed:,}"))
    return rows


def _setting_rows(settings: RunSettings, given: InputIdentity) -> Rows:
    rows = [("noise", noise_of(settings.scheme, given))]
    if settings.kind == "exact":
        what = "votes beside" if settings.scheme.computed else "samples, all there are"
        if settings.scheme.reads != "network":  # beside a map images are drawn, said above
            rows.append((what, f"{settings.n:,}"))
    else:
        votes = ("n0, n", f"{settings.n0:,}, {settings.n:,}")
        if settings.kind == "sweep":
            votes = ("n0, n at each anchor", f"{settings.n0:,}, at most {settings.n:,}")
        rows += [
            votes if settings.n0 else ("n", f"{settings.n:,}"),
            ("alpha", str(settings.alpha)),
            ("confidence", f"{confidence_percent(settings.alpha)} %"),
            *([("bound", settings.bound)] if settings.bound else []),
            _seed_row(settings),
        ]
    return [*rows, ("precision", settings.precision)]


def _seed_row(settings: RunSettings) -> tuple[str, str]:
    """A seed as it is typed: it is there to be copied."""
    origin = {"drawn": "seed, drawn", "given": "seed, given"}
    name = origin.get(settings.seed_origin, "seed")
    return name, str(settings.seed)
