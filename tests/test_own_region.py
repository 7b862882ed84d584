"""A scheme with a region of its own kind is one file: this one, and one line of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

import pytest

import engine.schemes
from engine.core.records import ProbabilityBounds
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.figures.regions import region_figure
from engine.procedures.certify import certify
from engine.regions import Region, Term
from engine.report.drawing import figure_csv, render_figure
from engine.report.html import html_text
from engine.report.pdf import pdf_bytes, report_figures
from engine.report.plots import drawing
from engine.schemes import Gaussian
from engine.verify.reading import attachments, read_evidence
from gui.plots.pictures import PLOTS
from tests.fakes import HalfSpace, finish, fitted


class Diamond(Region):
    """|dx| + 2 |dy| < size."""

    kind: Literal["test diamond"] = "test diamond"
    signs: ClassVar[tuple[int, ...]] = (-1, 1)

    size: float

    @property
    def terms(self) -> tuple[str, ...]:
        return ("dx", "dy")

    def contains(self, perturbation: Mapping[str, float]) -> bool:
        return abs(perturbation["dx"]) + 2 * abs(perturbation["dy"]) < self.size

    def clause(self, subject: str) -> str:
        return f"no shift of this {subject} inside a diamond"

    def headline(self) -> str:
        return "a diamond"

    def note(self) -> str:
        return "pixels"


class Shifting(Gaussian):
    """Claims a diamond as wide as the ball of its noise."""

    key: ClassVar[str] = "test-shifting"
    terms: ClassVar[Mapping[str, Term]] = {
        "dx": Term("shift to the right", "pixels", signed=True),
        "dy": Term("shift upwards", "pixels", signed=True),
    }
    region_type: ClassVar[type[Region]] = Diamond

    def region(self, bounds: ProbabilityBounds, *rest: object) -> Diamond | None:
        ball = super().region(bounds, *rest)
        return ball and Diamond(size=ball.radius)

    def required_probability(self, perturbation: Mapping[str, float], *rest: object) -> float:
        size = abs(perturbation["dx"]) + 2 * abs(perturbation["dy"])
        return super().required_probability({"radius": size}, *rest)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Evidence:
    monkeypatch.setattr(engine.schemes, "SCHEMES", (*engine.schemes.SCHEMES, Shifting))
    settings = CertifySettings(scheme=Shifting(), n0=50, n=2000)
    asked = ("dx=-0.1,dy=0", "dx=0,dy=0.4")
    evidence: Evidence = finish(certify(HalfSpace(0.3), fitted(), settings, at=asked))
    return evidence


def test_it_certifies_answers_and_comes_back_from_its_evidence(found: Evidence) -> None:
    assert isinstance(found.region, Diamond) and found.region.size > 0.2
    assert found.certified_at == {"dx=-0.1,dy=0": True, "dx=0,dy=0.4": False}
    assert found.radius is None and "inside a diamond" in found.statement
    assert Evidence.model_validate_json(found.model_dump_json()) == found


def test_the_report_holds_its_picture_and_its_evidence(found: Evidence, tmp_path: Path) -> None:
    figure = region_figure(found, found.model.class_names)
    assert figure is not None and figure.asked[0] == {"dx": -0.1, "dy": 0.0}
    assert figure in report_figures(found, None)
    inside = attachments(pdf_bytes(found), tmp_path / "report.pdf")
    assert inside.claim.verdict == "holds"
    assert read_evidence(inside.evidence, tmp_path / "report.pdf").evidence == found
    ready = drawing(figure)
    assert [strip["name"] for strip in ready.data["strips"]] == ["dx (pixels)", "dy (pixels)"]
    assert render_figure(figure, "svg").startswith(b"<svg") and "\ndy," in figure_csv(figure)
    assert ready.alt in html_text(found)


def test_the_window_draws_it(found: Evidence, qtbot) -> None:
    figure = region_figure(found, found.model.class_names)
    assert figure is not None
    plot = PLOTS[figure.picture]()
    qtbot.addWidget(plot)
    plot.resize(480, 400)
    plot.show()
    plot.show_figure(figure)
    assert [strip.name.toPlainText() for strip in plot.strips] == ["dx (pixels)", "dy (pixels)"]
    assert all(strip.inside.isVisible() for strip in plot.strips)
    assert len(plot.asked_marks.points()) == 2
    plot.choose({"dx": 0.0, "dy": -0.05})
    assert plot.answer.text() == "dx 0.000, dy -0.050: certified"


def test_evidence_of_a_kind_that_nobody_knows_is_refused_in_one_sentence(found: Evidence) -> None:
    text = found.model_dump_json().replace('"test diamond"', '"cloud"').encode()
    read = read_evidence(text, Path("evidence.json"))
    (claim,) = read.claims
    assert read.evidence is None and claim.verdict == "does not hold"
    assert "no kind of region is called 'cloud'; there are: amount, " in claim.detail
    assert "\n" not in claim.detail
