"""What a run comes to, for a program and for a notebook."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.api.plot import Plot, shown
from engine.core.errors import UserError
from engine.evidence.subject import as_taken, file_region

if TYPE_CHECKING:
    from engine.core.outputs import OutputInterval
    from engine.evidence.evidence import Evidence
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier
    from engine.regions import Region

_PLOTS = (".svg", ".png")


@dataclass(frozen=True, repr=False)
class Result:
    """The outcome of a run: what is claimed, and the evidence for it.

    Attributes:
        evidence: the whole record, as files of evidence hold it.
        classifier, fitted: what was run; reports draw with them.
    """

    evidence: Evidence
    classifier: Classifier
    fitted: FittedInput

    @property
    def statement(self) -> str:
        """The claim, or the abstention, in words."""
        return self.evidence.statement

    @property
    def abstained(self) -> bool:
        """Whether nothing is claimed: a heuristic claims nothing either."""
        return self.evidence.outcome in ("abstained", "heuristic")

    @property
    def complete(self) -> bool:
        """Whether every planned sample was counted; a run that was stopped is partial."""
        return self.evidence.complete

    @property
    def guarantee(self) -> str:
        """What stands behind the claim: ``individual``, ``for this clean image``, ``heuristic``.

        ``heuristic`` is no guarantee: such a result has no region and no class, whatever its votes.
        """
        return self.evidence.settings.scheme.guarantee

    @property
    def predicted_class(self) -> int | None:
        """Index of the class that is certified or predicted; None when abstaining.

        A heuristic names none: the class that leads is in ``evidence.predicted_class``.
        """
        return None if self._heuristic else self.evidence.predicted_class

    @property
    def class_name(self) -> str | None:
        """Its name."""
        return None if self._heuristic else self.evidence.class_name

    @property
    def _heuristic(self) -> bool:
        return self.evidence.outcome == "heuristic"

    @property
    def region(self) -> Region | None:
        """What is certified, of the input as the model takes it; None when abstaining."""
        return self.evidence.region

    @property
    def file_region(self) -> Region | None:
        """What is certified of the image as it was given, before cropping, resizing or conversion.

        None when abstaining, and where no gain of the fitting is known.
        """
        found, region = self.evidence, self.evidence.region
        if region is None or not as_taken(found.input):
            return region
        return file_region(found.settings, found.input, region)

    @property
    def radius(self) -> float | None:
        """The certified radius, of the input as the model takes it.

        None when abstaining, and where the region is no ball.
        """
        return self.evidence.radius

    @property
    def intervals(self) -> tuple[OutputInterval, ...]:
        """Where the median of each of a model's numbers stays; none where it names classes."""
        return self.evidence.intervals

    @property
    def p_lower(self) -> float | None:
        """The lower confidence bound on the class's probability; None where it may not be claimed.

        That is the case where nothing was counted, and where a run was stopped under a bound that
        holds at the planned n alone.
        """
        bounds = self.evidence.bounds
        return bounds.p_lower if bounds is not None and bounds.valid else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know before using the numbers: of the run, the input and the model."""
        of = self.evidence
        return (*of.warnings, *of.input.notes, *of.model.notes)

    def certifies(self, **perturbation: float) -> bool:
        """Whether a perturbation is certified, e.g. ``certifies(radius=0.25)``.

        Args:
            **perturbation: a value for each of the scheme's terms.

        Raises:
            CertiscopeError: other terms than those of the scheme.
        """
        asked = ",".join(f"{term}={float(value)!r}" for term, value in perturbation.items())
        found = self.evidence.settings.scheme.parse_at(asked, name="certifies")
        return self.region is not None and self.region.contains(found)

    def plot(self, kind: str = "") -> Plot:
        """A figure of the run.

        Args:
            kind: ``votes``, ``bounds`` (over n) or ``region``; by default the region, or the
                votes where the region has no figure of its own.

        Raises:
            CertiscopeError: there is no such figure of this run.
        """
        from engine.figures.bounds import bounds_figure
        from engine.figures.regions import region_figure
        from engine.figures.votes import votes_figure

        names = self.evidence.model.class_names
        if kind in ("", "region"):
            found = region_figure(self.evidence, names)
            if found is not None:
                return Plot(found)
            if kind:
                raise UserError("This run's region has no figure; take 'votes' or 'bounds'.")
        if kind in ("", "votes"):
            return Plot(votes_figure(self.evidence, names))
        if kind == "bounds" and self.evidence.trajectory:
            return Plot(bounds_figure(self.evidence, names))
        raise UserError(
            f"There is no figure '{kind}' of this run; there are votes, bounds, region."
        )

    def save(self, path: str | Path) -> Path:
        """Write evidence or a report; ``certiscope verify`` and :func:`verify` check either.

        Args:
            path: its ending says what: ``.json`` (evidence), ``.pdf`` (a report with the evidence
                in it), ``.html``, ``.csv``, ``.svg`` or ``.png`` (the figure).

        Returns:
            The path.

        Raises:
            CertiscopeError: another ending, or the file cannot be written.
        """
        path = Path(path)
        ending = path.suffix.lower()
        if ending in _PLOTS:
            return self.plot().save(path)
        from engine.report import write_report

        images = None
        if ending in (".pdf", ".html"):
            from engine.explain.illustrations import illustrate

            images = illustrate(self.evidence, self.classifier, self.fitted)
        write_report(self.evidence, path, images)
        return path

    def __repr__(self) -> str:
        return f"<Result: {self.statement}>"

    def _repr_html_(self) -> str:
        badge = "<p>heuristic: nothing is certified</p>" if self._heuristic else ""
        said = [badge, f"<p><strong>{html.escape(self.statement)}</strong></p>"]
        said += [f"<p>{html.escape(warning)}</p>" for warning in self.warnings]
        plots = [self.plot()]
        if self.evidence.trajectory:
            plots.append(self.plot("bounds"))
        return "".join(said) + shown(plots)
