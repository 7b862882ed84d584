from __future__ import annotations

from engine.figures import Illustrations
from engine.report.drawing import figure_csv, render_figure
from engine.report.plots.row_examples import draw, table
from tests.factories import make_rows_figure


def test_lines_tell_answers_marks_and_the_change() -> None:
    lines = draw(make_rows_figure()).data["lines"]
    assert [line["caption"] for line in lines] == [
        "without noise: worn",
        "noisy: worn",
        "noisy: sound",
        "noisy: worn",
        "changed: sound",
    ]
    assert lines[1]["note"] == "sample 1; 2 numbers moved, 1 field replaced"
    assert lines[3]["note"] == "sample 3"
    assert lines[-1]["note"].startswith("1 field, l2 norm 0.499; greedy: the fields")
    words = [chip["word"].replace("\u00a0", " ") for chip in lines[1]["chips"]]
    assert words == [
        "hours 4500 (+500)", "·", "oil dark", "·", "sound whistle", "·", "pressure 4.90 (-0.10)",
    ]  # fmt: skip
    assert [chip["mark"] for chip in lines[1]["chips"]][4] == "replaced"


def test_an_abstention_shows_no_change() -> None:
    assert len(draw(make_rows_figure(region=None, answers=())).data["lines"]) == 4


def test_the_table_holds_every_cell_in_full() -> None:
    header, rows = table(make_rows_figure())
    assert header == ["copy", "answer", "column", "value", "standardised", "mark"]
    assert ["noisy sample 1", "worn", "hours", 4500.0, 1.5, "raised"] in rows
    assert ["noisy sample 1", "worn", "sound", "whistle", "", "replaced"] in rows
    assert {row[0] for row in rows} == {
        "input", "noisy sample 1", "noisy sample 2", "noisy sample 3",
        "changed: 0 fields, l2 norm 0.999", "changed: 1 field, l2 norm 0.499",
    }  # fmt: skip
    assert figure_csv(make_rows_figure()).startswith("copy,answer,column")


def test_it_is_set_and_stands_beside_evidence() -> None:
    figure = make_rows_figure()
    assert render_figure(figure, "png")[:4] == b"\x89PNG"
    assert Illustrations(meaning=figure).meaning is figure
