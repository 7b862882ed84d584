"""A set that grows, in words: what it is of, how far it is, and what its rows come to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.core.nouns import of_kind
from engine.core.rounding import round_down
from engine.evidence.settings import alpha_of
from engine.schemes.stumps import for_kind
from gui.jobs.replay_tables import DIGITS, percent, shares_in_words

if TYPE_CHECKING:
    from engine.replay.records import ReplaySummary
    from gui.jobs.audit_jobs import AuditView

_CLEAN = "clean accuracy: correct and not abstained"
_NOT_YET = "Nothing is said of a population before every input is decided."
_FROM_CASE = (
    "Read from the case, which does not say how many inputs the set is to have: nothing is said of "
    "all at once and of a population. Certify the set to resume it."
)


def subject(view: AuditView) -> str:
    """Of which model and settings all rows are."""
    settings = view.settings
    chance = () if settings.kind == "exact" else (f"alpha {alpha_of(settings)} for each input",)
    return " · ".join(
        (
            view.model.name,
            of_kind(for_kind(settings.scheme, view.model.kind).noise_in_words(), view.model.kind),
            f"{settings.bound} bound",
            f"n {settings.n:,}",
            *chance,
        )
    )


def progress(view: AuditView) -> str:
    """How many inputs are decided of how many."""
    if view.planned is None:
        more = ", counted by another process" if view.counted_elsewhere else ""
        return f"{view.count:,} input{'s' * (view.count != 1)} of the case{more}"
    return f"{view.count:,} of {view.planned:,} inputs"


def unfinished(view: AuditView) -> bool:
    """Whether votes are missing: inputs that do not open or do not fit wait for none."""
    result = view.result
    if result is None or result.complete:
        return result is None
    decided = len(result.rows) + len(result.unread)
    return decided < len(result.inputs) or not result.unread


def contradiction(view: AuditView) -> str:
    """Which rows claim what an attack refuted; empty where none does."""
    names = [row.name for row in view.rows[: view.count] if row.outcome == "contradicted"]
    if not names:
        return ""
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return (
        f"CONTRADICTED: an attack lies inside what is certified of {', '.join(names[:3])}{more}. "
        "Model or program is broken, or chance was against it; the set is not to be used."
    )


def facts(view: AuditView) -> list[tuple[str, str]]:
    """Sums over the rows: each by itself, all at once, and the population they come from."""
    return list(_facts(view))


def _facts(view: AuditView) -> Iterator[tuple[str, str]]:
    summary = view.result.summary if view.result is not None else view.summary
    if summary is None or not summary.rows:
        return
    rate = percent(summary.abstained / summary.rows, summary.rows)
    yield "abstained", f"{summary.abstained:,} ({rate})"
    if left := view.count - summary.rows if view.result is not None else 0:
        yield "without a run", f"{left:,}"
    ball = summary.acr is not None
    clean = f"{_CLEAN} (r = 0)" if ball else _CLEAN
    alone = summary.model_copy(update={"certified_accuracy": {}})
    yield from shares_in_words(alone, alpha_of(view.settings), clean=clean)
    if summary.acr is not None:
        yield "average certified radius (ACR)", round_down(summary.acr, DIGITS)
    together = summary.simultaneous
    if together is not None and together.acr is not None:
        yield f"ACR, all at once, alpha {together.alpha}", round_down(together.acr, DIGITS)
    for text, share in summary.certified_accuracy.items():
        if share is not None:
            names, values = zip(*_at(summary, text, share), strict=True)
            yield f"at {text}: {' · '.join(names)}", " · ".join(values)


def _at(summary: ReplaySummary, text: str, share: float) -> Iterator[tuple[str, str]]:
    """Certified accuracy at a perturbation: each, all at once, and of the population."""
    yield "each", percent(share, summary.rows)
    if summary.simultaneous is not None:
        joint = summary.simultaneous.certified_accuracy[text] or 0.0
        yield "at once", percent(joint, summary.rows)
    if text in summary.population:
        least = round_down(100 * summary.population[text].population_lower, 2)
        yield "population", f"≥ {least} %"


def notes(view: AuditView) -> str:
    """What a reader of the sums should know."""
    if view.result is not None:
        return " ".join(view.result.notes)
    if view.planned is None:
        return _FROM_CASE
    some = f"{view.planned:,} of the set's {view.available:,} inputs are taken, spread evenly."
    return f"{some} {_NOT_YET}" if view.available > view.planned else _NOT_YET
