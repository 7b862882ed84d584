"""The one word over a result, and what is said where an attack refutes what it states."""

from __future__ import annotations

from dataclasses import dataclass

from engine.evidence.attack_words import attack_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.statement import headline_of
from gui.widgets.flag_names import in_the_window

REFUTED = "An attack refutes this run: nothing of what it shows may be claimed."
"""Beside a replay, whose moments state what the attack was found inside of."""


@dataclass(frozen=True)
class Verdict:
    """What stands over a result.

    Attributes:
        word: in capitals.
        role: of the word in the style sheet.
        headline: what may be claimed, in numbers or as a class; empty for nothing.
        sentence: the statement, with the window's names in place of flags; why it is not to be
            used, where an attack refutes it.
        attack: what an attack came to beside a claim that stands; empty without one.
        struck: what was stated and is refuted; empty where nothing is.
        frame: role of the box around it.
    """

    word: str
    role: str
    headline: str
    sentence: str
    attack: str = ""
    struck: str = ""
    frame: str = ""


def verdict_of(evidence: Evidence) -> Verdict:
    """The verdict of a result."""
    partial = "" if evidence.complete else " · PARTIAL"
    headline, attack = headline_of(evidence), in_the_window(attack_in_words(evidence))
    statement = in_the_window(evidence.statement)
    if evidence.contradicted:
        struck = " ".join(filter(None, (headline, statement)))
        return Verdict("CONTRADICTED", "danger", "", attack, struck=struck, frame="error")
    role = "abstained" if evidence.outcome in ("abstained", "heuristic") else "certified"
    word = f"{evidence.outcome.upper()}{partial}"
    return Verdict(word, role, headline, statement, attack)
