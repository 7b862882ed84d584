"""A bar at a terminal, elsewhere a line a minute."""

from __future__ import annotations

import io

from rich.console import Console

from engine.system.progress import MINUTE, Meter


def test_where_there_is_no_terminal_a_line_comes_each_minute() -> None:
    console, now = Console(file=io.StringIO(), width=80), [0.0]
    with Meter(console, "certifying", "inputs", clock=lambda: now[0]) as meter:
        for done in range(9):
            meter.row("votes", "n", done, 8, 0.0)
            meter.items(done, 16)
            now[0] += MINUTE / 2
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    assert lines == [f"n: {done} of 8 votes" for done in (2, 4, 6, 8)]
    console = Console(file=io.StringIO(), width=40)
    with Meter(console, "certifying", "inputs", clock=lambda: now[0]) as meter:
        for done in range(5):
            meter.items(done, 8)
            now[0] += MINUTE
    assert isinstance(console.file, io.StringIO)
    last = console.file.getvalue().splitlines()[-1]
    assert last == "certifying: 4 of 8 inputs, 0.017/s, 0:04:00 left"


def test_nothing_wraps_in_eighty_columns() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with Meter(console, "certifying", "inputs") as meter:
        meter.items(3, 100)
        claim = "p_lower 0.9819 120,000 'turn turn turn turn'"
        meter.row("votes", "n", 100_100, 200_100, 98_000.0, claim)
        assert meter._bar is not None
        lines = console.render_lines(meter._bar.get_renderable())
    assert len(lines) == 2
    text = "".join(segment.text for line in lines for segment in line)
    for part in ("3/100 inputs", "100,100/200,100 votes", "98,000/s", "0:00:02 left", "p_lower"):
        assert part in text


def test_nowhere_to_show_it() -> None:
    with Meter(None, "certifying", "inputs") as meter:
        meter.items(1, 2)


def test_another_work_has_a_rate_of_its_own() -> None:
    console, now = Console(file=io.StringIO(), width=80), [0.0]
    with Meter(console, "", "rows", clock=lambda: now[0]) as meter:
        for work, items in (("reading", 60), ("bounding", 6)):
            for done in range(3):
                meter.begin(work)
                meter.items(done * items, 4 * items)
                now[0] += MINUTE
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines() == [
        "reading: 60 of 240 rows, 1/s, 0:03:00 left",
        "reading: 120 of 240 rows, 1/s, 0:02:00 left",
        "bounding: 0 of 24 rows",
        "bounding: 6 of 24 rows, 0.1/s, 0:03:00 left",
        "bounding: 12 of 24 rows, 0.1/s, 0:02:00 left",
    ]
