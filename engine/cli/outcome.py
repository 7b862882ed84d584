"""What a run's end looks like in a terminal: the statement, then its numbers in a small table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.table import Table

from engine.cli.terminal import Terminal
from engine.core.nouns import as_read
from engine.core.records import ModelIdentity
from engine.core.rounding import p_value_in_words, round_down, round_up
from engine.evidence.attack_words import attack_in_words
from engine.evidence.evidence import DecisionRecord, Evidence
from engine.evidence.settings import seed_in_words
from engine.evidence.subject import as_taken, headline_in, noise_of
from engine.regions.base import counted
from engine.report.enumerated import is_map

_ANSWERS = 6
CERTIFIED, FAILURE, BAD_INPUT, ABSTAINED, PARTIAL, CONTRADICTED, CLOSED = 0, 1, 2, 3, 4, 5, 141
"""A set that was stopped or lacks rows is PARTIAL; CONTRADICTED is an attack that was confirmed
inside a certified region; CLOSED is a reader that left before the end."""
_ARITHMETIC = {
    "float": "fast float noise, not sound to the last bit",
    "exact grid": "integer noise on the 8-bit grid, exact",
    "exact integers": "integer noise, exact",
}


def exit_status(evidence: Evidence) -> int:
    """0 for a claim (certified or predicted), 3 where nothing is, 5 for a contradicted one."""
    if evidence.contradicted:
        return CONTRADICTED
    return ABSTAINED if evidence.outcome in ("abstained", "heuristic") else CERTIFIED


def show(evidence: Evidence, console: Terminal, *, quiet: bool) -> None:
    """Print the statement and, unless ``quiet``, the numbers and the warnings."""
    said = [evidence.statement]
    if evidence.attack is not None:
        said.append(f"Attack: {attack_in_words(evidence)}")
    if evidence.contradicted:
        said = [said[1].removeprefix("Attack: "), f"As stated, and refuted: {said[0]}"]
    for sentence in said:
        console.print(sentence, markup=False, highlight=False)
    if quiet:
        return
    if evidence.decision is None:
        console.print(facts_table(rows(evidence)), highlight=False, markup=False)
    else:
        console.print(_phases(evidence.decision), highlight=False, markup=False)
        console.print(_saved(evidence.decision), highlight=False, markup=False)
    for warning in evidence.warnings:
        console.print(f"Note: {warning}", markup=False, highlight=False)


def facts_table(facts: Iterable[tuple[str, str]]) -> Table:
    """Names, dimmed, and their values."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in facts:
        table.add_row(name, value)
    return table


def rows(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Names and values, every certified number rounded in the direction that claims less."""
    settings, votes = evidence.settings, evidence.votes
    yield "model", f"{evidence.model.name}  ({_digest(evidence.model)})"
    yield from (("", note) for note in evidence.model.notes)
    yield "input", f"{evidence.input.name}  (sha256 {evidence.input.sha256[:12]})"
    if evidence.input.adaptation:
        yield "", as_read(evidence.input.adaptation)
    label, names = evidence.input.label, evidence.model.class_names
    if label is not None and label < len(names):
        yield "label", f"'{names[label]}' (class {label})"
    yield from (("", note) for note in evidence.input.notes)
    if evidence.model.kind in ("image", "pair"):
        told = evidence.model.normalization_told
        yield "normalisation", f"{evidence.model.normalization} ({told})"
    seed = "" if _enumerated(evidence) else f", seed {seed_in_words(settings)}"
    yield "noise", f"{noise_of(settings.scheme, evidence.input)}{seed}"
    if not _enumerated(evidence):
        yield "arithmetic", _ARITHMETIC[evidence.noise.arithmetic]
    if evidence.procedure == "certify":
        yield "images" if is_map(evidence) else "votes", _votes(evidence)
    else:
        yield "votes", f"{sum(votes.estimation) + votes.estimation_failures:,} of {settings.n:,}"
    yield from _interval_rows(evidence)
    yield from _bound_rows(evidence)
    if evidence.test is not None:
        p_value = p_value_in_words(evidence.test.p_value)
        yield "test", f"{evidence.test.name}, p-value {p_value} against alpha {settings.alpha}"
    if evidence.radius is not None:
        taken = as_taken(evidence.input)
        what = f", of the {settings.scheme.subject} {taken}" if taken else ""
        yield "radius", f"{round_down(evidence.radius, 4)} (rounded down{what})"
    yield from _said(evidence)
    yield from _target(evidence)
    alone = settings.scheme.region_type.of_one_change
    for text, inside in evidence.certified_at.items():
        answer = "certified" if inside else "not certified"
        yield f"at {text}", f"{answer} ({alone})" if alone else answer
    yield from _carried_out(evidence)
    speed = f"{evidence.performance.samples_per_second:,.0f} samples/s"
    yield "speed", f"{speed} on {evidence.performance.device}, {settings.precision}"


def _carried_out(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """What the members of an ensemble, or a server under encryption, had to do with it."""
    if evidence.ensemble is not None:
        yield "members", evidence.ensemble.in_words()
    if evidence.encrypted is not None:
        yield "encrypted", evidence.encrypted.in_words()


def _interval_rows(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Each interval, and the median at the input itself, of which nothing is claimed."""
    for number, one in enumerate(evidence.intervals):
        here = "" if one.median is None else f"; median here about {one.median:.4g}"
        yield "" if number else "intervals", f"{one.in_words()}{here}"


def _digest(model: ModelIdentity) -> str:
    """A generative model is its weights, its prompt and its oracle; its card names the weights."""
    weights = model.part("weights")
    if model.generation is None or weights is None:
        return f"sha256 {model.sha256[:12]}"
    return (
        f"sha256 {model.sha256[:12]} of weights, prompt and oracle; {weights.sha256[:12]} of the "
        "weights"
    )


def _said(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """What a generative model said most, and what follows for the true class."""
    names = evidence.model.class_names
    for number, group in enumerate(evidence.answers[:_ANSWERS]):
        text = "other answers" if group.text is None else f"'{' '.join(group.text.split())[:60]}'"
        words = f"{group.count:,} x {text} ({names[group.class_index]})"
        yield "" if number else "answers", words
    if len(evidence.answers) > _ANSWERS:
        yield "", f"and {len(evidence.answers) - _ANSWERS:,} more groups"
    if evidence.transfer is not None:
        yield "true class", evidence.transfer.statement


def _target(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Whether what the run was to reach is certified, and what is certified instead."""
    from engine.procedures.target import answered  # deferred: SciPy is slow to load

    region = evidence.region
    found = answered(evidence.settings, region)
    if found is None:
        return
    target, reached = found
    if reached:
        yield "target", f"{target} is certified"
        return
    why = ", found out of reach" if evidence.stop_reason == "target out of reach" else ""
    instead = "nothing" if region is None else headline_in(region, evidence.input)
    yield "target", f"{target} was asked for and is not certified{why}; certified is {instead}"


def _enumerated(evidence: Evidence) -> bool:
    """Whether no claim rests on noise that was drawn."""
    return evidence.settings.kind == "exact"


def _votes(evidence: Evidence) -> str:
    settings, votes = evidence.settings, evidence.votes
    selected = sum(votes.selection) + votes.selection_failures
    drawn = sum(votes.estimation) + votes.estimation_failures
    text = f"n0 {selected:,} of {settings.n0:,}, n {drawn:,} of {settings.n:,}"
    if _enumerated(evidence):
        text = f"all noise samples twice: {selected:,} and {drawn:,} of {settings.n:,}"
        if settings.scheme.computed:
            beside = "the map" if is_map(evidence) else "what is computed"
            text = f"beside {beside}: {drawn:,} of {settings.n:,}"
    if settings.kind == "sweep":
        where = f"{counted(len(evidence.anchors), 'anchors')}, at most {settings.n:,} each"
        text = f"n0 {selected:,} of {settings.n0:,}, {drawn:,} at {where}"
    if votes.guess is not None and drawn:
        name = evidence.model.class_names[votes.guess]
        text += f"; {votes.estimation[votes.guess]:,} for '{name}'"
    return text


def _bound_rows(evidence: Evidence) -> Iterator[tuple[str, str]]:
    bounds = evidence.bounds
    if bounds is None:
        return
    mark = "" if bounds.valid else "  (provisional, no claim)"
    if is_map(evidence):
        yield "certified", f"{round_down(bounds.p_lower, 6)} of the box (rounded down){mark}"
        return
    scores = evidence.estimation.scores
    if scores is not None:
        mean = round_down(scores.mean(evidence.estimation.n), 6)
        yield "mean softmax score", f"{mean}, which the bound is about"
    yield "p_lower", f"{round_down(bounds.p_lower, 6)}{mark}"
    yield "p_upper", f"{round_up(bounds.p_upper, 6)} for every other class{mark}"
    alpha = "no alpha" if _enumerated(evidence) else f"alpha {bounds.alpha}"
    yield "bound", f"{bounds.method}, {alpha}, {bounds.basis}"


def _phases(decision: DecisionRecord) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("phase", "votes", "for class", "p_lower", "p at most", "verdict"):
        table.add_column(name, justify="right")
    total = len(decision.plan)
    for number, phase in enumerate(decision.phases, 1):
        last = number == len(decision.phases)
        table.add_row(
            f"{number} of {total}",
            f"{sum(phase.estimation) + phase.estimation_failures:,}",
            "" if phase.guess is None else f"{phase.estimation[phase.guess]:,}",
            "" if phase.p_lower is None else round_down(phase.p_lower, 6),
            "" if phase.p_ceiling is None else round_up(phase.p_ceiling, 6),
            decision.verdict if last else "go on",
        )
    return table


def _saved(decision: DecisionRecord) -> str:
    used, full = decision.samples_used, decision.samples_full
    against = f"{used:,} votes were drawn, against {full:,} of a run with a fixed n"
    if decision.samples_saved < 0:
        return f"{against}: {-decision.samples_saved:,} more."
    return f"{against}: {decision.samples_saved:,} saved ({full / max(1, used):.1f} times fewer)."
