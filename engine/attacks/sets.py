"""Attacks on the rows of a set, one after the other, as rows are decided."""

from __future__ import annotations

import threading
from collections.abc import Callable

from engine.attacks.attack import attacked
from engine.attacks.plan import AttackPlan
from engine.core.errors import UserError
from engine.evidence.attack import AttackRecord
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Execution
from engine.inputs import load_input
from engine.models import fitted
from engine.models.base import Classifier
from engine.procedures.prepared import PreparedModel


class RowAttacks:
    """Attacks each row; one whose certificate is contradicted stops the set.

    A row that was attacked by the same plan before is taken as it is.

    Args:
        classifier: of the set.
        plan: how hard to attack; None attacks nothing, and still stops at a contradiction that is
            on record.
        execution: where the model runs.
        stop: of the set; ends an attack too, which then leaves its row as it was.
        keep: keeps a row that was attacked, in a case.
        warn: told where that fails.

    Attributes:
        found: the attacks, by the names of inputs.
    """

    def __init__(
        self,
        classifier: Classifier,
        plan: AttackPlan | None,
        *,
        execution: Execution,
        stop: threading.Event,
        keep: Callable[[Evidence], object] | None,
        warn: Callable[[str], object],
    ) -> None:
        self._classifier, self._plan, self._execution = classifier, plan, execution
        self._stop, self._keep, self._warn = stop, keep, warn
        self._prepared = PreparedModel(classifier)
        self.found: dict[str, AttackRecord | None] = {}

    def __call__(self, spec: str, evidence: Evidence) -> Evidence:
        """The row with an attack, or as it is."""
        plan, found = self._plan, evidence
        if plan is not None and not plan.answered(evidence.attack):
            found = self._attacked(spec, evidence, plan)
        if found.contradicted:
            self._stop.set()
        self.found[spec] = found.attack
        return found

    def _attacked(self, spec: str, evidence: Evidence, plan: AttackPlan) -> Evidence:
        found = attacked(
            evidence,
            self._classifier,
            fitted(self._classifier, load_input(spec)),
            plan,
            execution=self._execution,
            stop=self._stop,
            prepared=self._prepared,
        )
        try:
            if self._keep is not None and found is not evidence:
                self._keep(found)
        except UserError as error:
            self._warn(f"{error} The attack is not in the case.")
        return found
