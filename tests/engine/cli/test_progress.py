"""The progress bar shows what the snapshots say, on a terminal alone."""

from __future__ import annotations

import io
from collections.abc import Generator

from rich.console import Console

from engine.cli.progress import claim, follow
from engine.demos.gallery import case_of
from engine.evidence.cost import Cost
from engine.evidence.evidence import Evidence
from engine.evidence.generations import AnswerGroup
from engine.evidence.snapshot import Snapshot
from engine.procedures.playback import played
from tests.factories import make_evidence, make_snapshot


def steps() -> Generator[Snapshot, None, Evidence]:
    yield make_snapshot(phase="selection", bounds=None)
    yield make_snapshot()
    return make_evidence()


def screen(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=160)


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_result_comes_through() -> None:
    assert follow(steps(), None) == make_evidence()


def test_a_terminal_sees_counts_rate_and_bound() -> None:
    console = screen(terminal=True)
    follow(steps(), console)
    for part in ("100,100/200,100 votes", "98,000/s", "p_lower 0.9"):
        assert part in text_of(console)


def test_a_pipe_sees_nothing() -> None:
    console = screen(terminal=False)
    follow(steps(), console)
    assert text_of(console) == ""


def test_a_provisional_bound_is_called_so() -> None:
    assert claim(make_snapshot(bound="clopper-pearson")).endswith("(provisional)")
    assert "provisional" not in claim(make_snapshot(bound="live"))


def test_answers_are_shown_as_they_arrive() -> None:
    snapshot = make_snapshot().model_copy(
        update={"answers": (AnswerGroup(text="go left", class_index=0, count=1200),)}
    )
    assert claim(snapshot).endswith("1,200 'go left'")


def test_a_long_run_says_what_it_takes_before_it_starts() -> None:
    def run(seconds_each: float) -> Generator[Snapshot, None, Evidence]:
        cost = Cost(samples=1100, seconds_each=seconds_each)
        yield make_snapshot().model_copy(update={"cost": cost})
        yield make_snapshot().model_copy(update={"cost": cost})
        return make_evidence()

    for seconds_each, said in ((10.9, 1), (0.001, 0)):
        out = io.StringIO()
        follow(run(seconds_each), Console(file=out, force_terminal=False, width=200))
        assert out.getvalue().count("This run takes about 3 h 20 min (1,100 samples") == said


def test_an_exact_map_is_told_by_its_cells_and_images() -> None:
    recorded = Evidence.model_validate_json(case_of("aircraft").evidence.read_bytes())
    first, *_, last = played(recorded)
    bounding = first.model_copy(update={"region": recorded.region})

    def run() -> Generator[Snapshot, None, Evidence]:
        yield bounding
        yield last
        return recorded

    console = screen(terminal=True)
    follow(run(), console)
    cells = recorded.settings.scheme.most_cells
    assert f"{recorded.region.looked:,}/{cells:,} cells" in text_of(console)
    assert "1,000/1,000 images" in text_of(console) and "votes" not in text_of(console)


def test_a_map_keeps_its_cells() -> None:
    def run() -> Generator[Snapshot, None, Evidence]:
        cost = Cost(samples=512, seconds_each=1.0, things="cells")
        yield make_snapshot().model_copy(update={"cost": cost})
        return make_evidence()

    out = io.StringIO()
    follow(run(), Console(file=out, force_terminal=False, width=200))
    assert "Ctrl+C stops it and keeps its cells." in out.getvalue()
