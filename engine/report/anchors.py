"""The anchors of a sweep as a table: where votes were drawn, what they had to show, and did."""

from __future__ import annotations

from engine.certificates.anchors import alpha_of_cell, anchor
from engine.core.rounding import round_down, round_up, short_up
from engine.evidence.evidence import Evidence
from engine.evidence.settings import SweepSettings
from engine.evidence.vote_chain import total
from engine.planning.sweep_outcome import SweepVotes
from engine.report.content import Section, Table
from engine.report.numbers import count
from engine.schemes.anchored import Anchored

_MOST = 128
"""Rows of the table; the evidence has them all."""
_DIGITS = 4
_ENDS = 4
"""Decimals of a cell's ends, which are all that a range of usual size has."""


def anchor_sections(evidence: Evidence) -> tuple[Section, ...]:
    """A row for each anchor, along the range; nothing for other runs."""
    settings, chain, top = evidence.settings, evidence.chain, evidence.votes.guess
    if not isinstance(settings, SweepSettings) or chain is None or top is None:
        return ()
    scheme = settings.scheme
    assert isinstance(scheme, Anchored)
    swept, rows = SweepVotes(settings, top), []
    for record, block in zip(evidence.anchors, chain.blocks, strict=False):
        votes = total((block,), len(evidence.model.class_names))
        holds = swept.add(record, votes)
        low, high = scheme.ends(record.cell)
        middle = anchor(record.cell, -scheme.reach, scheme.reach)
        needed = scheme.p_needed(record.distance)
        row = (
            f"{middle:+.4g}",
            f"{_end(low, up=holds)} to {_end(high, up=not holds)}",
            round_up(record.distance, _DIGITS),
            round_up(needed, _DIGITS) if needed < 1 else "never",
            short_up(alpha_of_cell(settings.alpha, record.cell), 2),
            f"{count(votes.counts[top])} of {count(votes.n)}",
            round_down(swept.last.p_lower, _DIGITS) if swept.last else "",
            "certified" if holds else "halved or left",
        )
        rows.append((middle, row))
    shown = [row for _, row in sorted(rows, key=lambda one: one[0])[:_MOST]]
    header = (
        f"anchor ({scheme.warp.unit})",
        "its cell",
        "distance M",
        "p lower needed",
        "alpha",
        "votes for the class",
        "p lower",
        "cell",
    )
    more = len(rows) - len(shown)
    sentences = (
        "M bounds the l2 distance between the image at the anchor and everything in its cell; a "
        "cell is certified where p lower, at its share of alpha, allows M. Cells that are halved "
        "have rows of their own below their range.",
        *([f"{count(more)} more anchors are in the evidence."] if more else []),
    )
    return (Section("Anchors", sentences=sentences, table=Table(header, tuple(shown))),)


def _end(value: float, *, up: bool) -> str:
    """An end of a cell; of one that is certified inwards, as it is a claim, of another outwards."""
    text = round_up(value, _ENDS) if up else round_down(value, _ENDS)
    sign = "" if text.startswith("-") else "+"
    return sign + text.rstrip("0").rstrip(".")
