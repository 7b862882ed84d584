from __future__ import annotations

from engine.figures import Wording
from engine.report.drawing import figure_csv, render_figure
from engine.report.plots.text_examples import draw, table, window
from tests.factories import make_words_figure


def test_lines_tell_answers_marks_and_the_change() -> None:
    lines = draw(make_words_figure()).data["lines"]
    assert [line["caption"] for line in lines] == [
        "without noise: safe",
        "noisy: safe",
        "noisy: safe",
        "noisy: safe",
        "changed: unsafe",
    ]
    assert lines[1]["note"] == "sample 1; 1 masked" and lines[3]["note"] == "sample 3"
    assert lines[-1]["note"] == "2 words; greedy: the words with the largest effect first"
    assert lines[-1]["chips"][2] == {"word": "house", "mark": "replaced"}
    assert all(line["image"] == "" for line in lines)


def test_a_pair_has_an_image_in_every_line() -> None:
    ready = draw(make_words_figure(imaged=True))
    assert [line["image"] for line in ready.data["lines"]] == list(ready.files)
    assert ready.files["words4.png"] != ready.files["words0.png"]
    assert "original.png" not in ready.files  # the first page is that of a text


def test_an_abstention_shows_no_change() -> None:
    assert len(draw(make_words_figure(region=None, answers=())).data["lines"]) == 4


def test_long_texts_are_shown_around_their_first_mark() -> None:
    words, marks = tuple(f"w{i}" for i in range(200)), [""] * 200
    assert window(Wording(words=words, marks=tuple(marks)), 60) == (0, 60)
    marks[150] = "replaced"
    first, last = window(Wording(words=words, marks=tuple(marks)), 60)
    assert (first, last) == (135, 195)
    marks[199], marks[150] = "masked", ""
    assert window(Wording(words=words, marks=tuple(marks)), 60) == (140, 200)
    long = Wording(words=words, marks=tuple(marks), answer="safe")
    line = draw(make_words_figure(original=long)).data["lines"][0]
    assert line["before"] == "140 words before" and line["after"] == ""


def test_the_table_holds_words_marks_and_pixels() -> None:
    header, rows = table(make_words_figure(imaged=True))
    assert header[:3] == ["copy", "answer", "part"]
    assert ["noisy sample 1", "safe", "word", "", "", 1, "the", "masked"] in rows
    assert ["input", "safe", "pixel", 0, 0, 0, 0.5, ""] in rows
    assert sum(row[2] == "pixel" for row in rows) == 6 * 108
    assert figure_csv(make_words_figure()).startswith("copy,answer,part")


def test_it_is_set_with_and_without_images() -> None:
    for imaged in (False, True):
        figure = make_words_figure(imaged=imaged)
        assert render_figure(figure, "png", dark=imaged)[:4] == b"\x89PNG"
