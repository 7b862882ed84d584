from __future__ import annotations

import csv
import io

import pytest

from engine.comparison.landscape import accuracy_figure, landscape, reach_figure, share_figure
from engine.figures.comparison import TradeOffFigure
from engine.report.drawing import figure_csv, render_figure
from engine.report.plots.comparison import draw
from engine.schemes.attacker import Attacker
from tests.engine.comparison.test_landscape import MANY
from tests.engine.comparison.test_records import ONE

ATTACKER = Attacker(entities=2, epsilon=0.3)
FIGURES: dict[str, TradeOffFigure] = {
    "reach": reach_figure(landscape(ONE), ATTACKER),
    "accuracy": accuracy_figure(landscape(MANY), ATTACKER),
    "shares": share_figure(landscape(MANY), ATTACKER),
}


@pytest.mark.parametrize("kind", FIGURES)
@pytest.mark.parametrize("dark", [False, True])
def test_all_three_are_exported(kind: str, dark: bool) -> None:
    assert draw(FIGURES[kind], dark=dark).kind == kind
    assert render_figure(FIGURES[kind], "svg", dark=dark).startswith(b"<svg")


def test_as_png_and_pdf_too() -> None:
    assert render_figure(FIGURES["reach"], "png").startswith(b"\x89PNG")
    assert render_figure(FIGURES["reach"], "pdf").startswith(b"%PDF")


def test_lines_are_staircases_in_the_frame() -> None:
    ball, pixels, stairs = draw(FIGURES["reach"]).data["candidates"]
    assert ball["line"][0][1] == pytest.approx(0.5 / FIGURES["reach"].top)
    assert ball["line"][-1][0] == 1.0  # the norm alone counts
    assert pixels["line"][0][1] == 1.0 and pixels["line"][-1] == [0.5, 0.0]  # any strength
    assert [x for x, _ in stairs["line"]] == pytest.approx([0, 1 / 6, 1 / 6, 2 / 6, 2 / 6])
    assert draw(FIGURES["reach"]).data["attacker"]["x"] == pytest.approx(1.5 / 6)


def test_places_are_the_two_shares() -> None:
    places = [one["place"] for one in draw(FIGURES["accuracy"]).data["candidates"]]
    assert places == [[1 / 3, 1 / 3], [2 / 3, 2 / 3], [2 / 3, 2 / 3]]


def test_before_any_answer_there_is_an_image_too() -> None:
    from tests.engine.comparison.test_records import tradeoff

    land = landscape(tradeoff((), ()))
    for make in (reach_figure, accuracy_figure, share_figure):
        assert render_figure(make(land, ATTACKER), "svg").startswith(b"<svg")


def test_tables_hold_every_number() -> None:
    rows = list(csv.DictReader(io.StringIO(figure_csv(FIGURES["reach"]))))
    assert [row["certified_epsilon"] for row in rows[6:10]] == ["any", "any", "any", ""]
    rows = list(csv.DictReader(io.StringIO(figure_csv(FIGURES["accuracy"]))))
    assert float(rows[1]["certified_accuracy"]) == 2 / 3
    rows = list(csv.DictReader(io.StringIO(figure_csv(FIGURES["shares"]))))
    assert len(rows) == 3 * len(FIGURES["shares"].entities) * len(FIGURES["shares"].epsilons)


def test_an_attacker_is_named_to_the_last_digit() -> None:
    """Rounded, 0.2999999 would be 0.3: more than the share was counted for."""
    shares = share_figure(landscape(MANY), Attacker(entities=2, epsilon=0.29999999))
    assert "0.29999999" in draw(shares).data["epsilons"]
