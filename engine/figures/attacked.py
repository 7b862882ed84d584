"""The smallest change that an attack found, as plots show it beside what is certified."""

from __future__ import annotations

from engine.core.records import Record
from engine.evidence.attack import size_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.run_view import RunView
from engine.regions import Perturbation


class AttackMark(Record):
    """A confirmed change.

    Attributes:
        change: in the scheme's terms, rounded up.
        refutes: it lies inside what is certified.
    """

    change: Perturbation
    refutes: bool

    @property
    def words(self) -> str:
        """What a legend calls it."""
        size = size_in_words(self.change)
        return f"REFUTED by {size}" if self.refutes else f"attack: {size} (no guarantee)"


def attack_mark(view: RunView) -> AttackMark | None:
    """The mark of a finished run; None where no attack found anything."""
    if not isinstance(view, Evidence) or view.attack is None or not view.attack.perturbation:
        return None
    if set(view.attack.perturbation) != set(view.settings.scheme.terms):
        return None  # of a file that somebody wrote
    return AttackMark(change=view.attack.perturbation, refutes=view.contradicted)
