"""What ``certiscope audit`` does with each row as it comes, and writes of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.output import tried
from engine.inputs.labels import split_rule
from engine.system.progress import Meter

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.figures.examples import Media
    from engine.models.base import Classifier
    from engine.procedures.set_result import SetResult


class AuditRows:
    """Takes the rows of a set; no more is kept of one than a file that was asked for needs.

    Args:
        values: of the command's flags.
        planned: inputs of the set.
        meter: shows how many are done.
        attack: attacks a row, or leaves it as it is.

    Attributes:
        refuted: runs inside whose certified region an attack was confirmed.
        run_ids: of all rows.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        planned: int,
        meter: Meter,
        attack: Callable[[str, Evidence], Evidence],
    ) -> None:
        from engine.procedures.shelf import Shelf
        from engine.report.audit.record import SetRecorder

        self.refuted: list[Evidence] = []
        self.run_ids: list[str] = []
        self._failed: list[str] = []
        self._values, self._planned, self._meter, self._attack = values, planned, meter, attack
        self._shelf = None if values["csv"] is None else Shelf()
        self._recorder = SetRecorder() if values["report"] else None

    def take(self, spec: str, found: Evidence) -> None:
        """A row was decided."""
        evidence = self._attack(spec, found)
        self.run_ids.append(evidence.run_id)
        if self._shelf is not None:
            self._shelf.add(spec, evidence)
        if self._recorder is not None:
            self._recorder.add(spec, evidence)
        if evidence.contradicted:
            self.refuted.append(evidence)
        self._meter.items(len(self.run_ids), self._planned)
        tried(partial(self._write_evidence, spec, evidence), self._failed)

    @property
    def lacking(self) -> list[str]:
        """Which files of evidence could not be written, in sentences; empty for none."""
        failed = self._failed
        if len(failed) < 2:
            return failed
        return [f"{len(failed):,} of {len(self.run_ids):,} evidence files are missing.", failed[0]]

    def files(self, result: SetResult, classifier: Classifier) -> list[Callable[[], object]]:
        """What writes the table of the runs, and the reports of the set."""
        found = list[Callable[[], object]]()
        if self._shelf is not None:
            from engine.report.csv import write_csv

            runs = (evidence for _, evidence in self._shelf)
            found.append(partial(write_csv, runs, self._values["csv"]))
        if self._recorder is not None:
            from engine.report.audit.pages import write_set_report

            show = partial(_shown, classifier)
            paths: list[Path] = self._values["report"]
            found += [
                partial(write_set_report, self._recorder, result, path, show) for path in paths
            ]
        return found

    def _write_evidence(self, spec: str, evidence: Evidence) -> None:
        from engine.report.json import write_numbered

        folder: Path | None = self._values["evidence"]
        if folder is not None:
            write_numbered(evidence, folder, len(self.run_ids), split_rule(spec)[0])


def _shown(classifier: Classifier, spec: str) -> Media | None:
    from engine.explain.examples import shown
    from engine.inputs import load_input
    from engine.models import fitted

    return shown(classifier, fitted(classifier, load_input(spec)))
