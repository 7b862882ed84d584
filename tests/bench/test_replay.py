"""The file that replay is measured on; its figures are not checked here."""

from pathlib import Path

from bench.replay import N0, N, write
from engine.replay.replay import replay
from engine.schemes import Gaussian


def test_the_rows_are_as_many_votes_as_they_say(tmp_path: Path) -> None:
    write(tmp_path / "votes.csv", 50)
    found = replay(tmp_path / "votes.csv", scheme=Gaussian(), alpha=0.001, bound="anytime")
    assert {(row.n0, row.n) for row in found.rows} == {(N0, N)}
    assert 0 < found.summary.abstained < len(found.rows) == 50
