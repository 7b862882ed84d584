"""The legend: entries never run out, what has no room is counted."""

from __future__ import annotations

from gui.plots.legend import Entry, Legend

MANY = [Entry(f"answer {i}", "#E69F00") for i in range(30)]


def test_all_entries_are_shown_where_there_is_room(qtbot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_entries(MANY[:4])
    legend.resize(legend.sizeHint())
    assert [entry.text for row in legend.shown() for entry in row] == [e.text for e in MANY[:4]]


def test_what_has_no_room_is_counted_and_in_the_tooltip(qtbot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_entries(MANY)
    for flowing in (False, True):
        legend.flowing = flowing
        legend.resize(250, 60)
        texts = [entry.text for row in legend.shown() for entry in row]
        assert texts[-1] == f"and {30 - len(texts) + 1} more"
    assert "answer 29" in legend.toolTip()
    assert "answer 29" in legend.accessibleDescription()


def test_flowing_entries_share_rows(qtbot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_entries(MANY[:6])
    legend.resize(300, 200)
    assert [len(row) for row in legend.shown()] == [1] * 6
    legend.flowing = True
    assert len(legend.shown()) < 6
    assert legend.height_for(1000) < legend.sizeHint().height()


def test_rows_stay_inside_the_width(qtbot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.flowing = True
    legend.set_entries([Entry("word " * length, "#000000") for length in (1, 3, 9, 2, 1)])
    legend.resize(300, 300)
    for row in legend.shown():
        assert sum(legend._width_of(entry) for entry in row) <= 300


def test_all_marks_paint(qtbot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    marks = ("fill", "line", "dash", "dots", "ring", "dot")
    legend.set_entries([Entry(mark, "#D55E00", mark) for mark in marks])
    legend.resize(legend.sizeHint())
    image = legend.grab().toImage()
    found = {image.pixelColor(x, y).name() for x in range(24) for y in range(image.height())}
    assert "#d55e00" in found


def test_the_same_entries_change_nothing(qtbot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_entries(MANY)
    with qtbot.assertNotEmitted(legend.resized):
        legend.set_entries(list(MANY))


def test_long_entries_are_shortened_before_one_is_left_out(qtbot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.flowing = True
    long = "base: all 3 keypoints within 1 cell of the reference"
    legend.set_entries([*MANY[:4], *(Entry(f"{long} {i}", "#000000") for i in range(2))])
    legend.resize(320, legend.height_for(320))
    assert sum(map(len, legend.shown())) == 6
    for row in legend.shown():
        assert sum(map(legend._width_of, row)) <= 320
    legend.set_entries(MANY[:2])
    assert legend.height_for(320) == legend.height_for(1000)


def test_a_fill_is_as_strong_as_on_its_map(qtbot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    seen = []
    for share in (0.2, 0.9):
        legend.set_entries([Entry("open", "#000000", share=share)])
        legend.resize(legend.sizeHint())
        seen.append(legend.grab().toImage().pixelColor(10, legend.height() // 2).lightness())
    assert seen[0] > seen[1] + 100
