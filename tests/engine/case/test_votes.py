from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import pytest

from engine.case import schema, votes
from engine.core.errors import UserError
from engine.core.records import Votes
from engine.core.scores import ScoreSums
from engine.evidence.vote_chain import Block, chained

SIZE, SELECTION = 50, Votes(counts=(8, 2), failures=1)


def chain(*sizes: int, first: int = 40) -> list[Block]:
    blocks: list[Block] = []
    for n in sizes:
        previous = blocks[-1].hash if blocks else "start"
        counts = {0: min(first, n), 1: n - min(first, n)}
        start = sum(block.n for block in blocks)
        blocks.append(chained(previous, start=start, n=n, counts=counts, failures=0))
    return blocks


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    schema.advance(db, 0)
    db.execute("INSERT INTO model VALUES (1, '', '', '', '')")
    db.execute("INSERT INTO input VALUES (1, '', '', '', '')")
    db.execute("INSERT INTO run VALUES (1, 'r', 'certify', 1, 1, '', '', '', 50, '')")
    votes.begin(db, 1, "r")
    yield db
    db.close()


def write(db: sqlite3.Connection, blocks: Sequence[Block]) -> None:
    votes.write(db, 1, "r", selection=SELECTION, blocks=blocks, function_check=None)


def test_nothing_is_counted_at_the_beginning(db: sqlite3.Connection) -> None:
    progress = votes.read_progress(db, 1)
    assert progress is not None
    assert (progress.selection, progress.n, progress.head) == (None, 0, "")
    assert votes.read_blocks(db, 1) == ()
    assert votes.read_progress(db, 2) is None


@pytest.mark.parametrize("steps", [[(20,)], [(20,), (45,), (50,)], [(50, 7), (50, 50, 50, 1)]])
def test_votes_come_back_as_they_were_counted(
    db: sqlite3.Connection, steps: list[tuple[int, ...]]
) -> None:
    for sizes in steps:
        write(db, chain(*sizes))
        progress = votes.read_progress(db, 1)
        assert list(votes.read_blocks(db, 1)) == chain(*sizes)
        assert progress is not None
        assert (progress.selection, progress.n) == (SELECTION, sum(sizes))
        assert progress.head == chain(*sizes)[-1].hash


def test_full_blocks_are_written_once(db: sqlite3.Connection) -> None:
    write(db, chain(50, 50, 10))
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    write(db, chain(50, 50, 50, 5))
    inserts = [text for text in statements if text.startswith("INSERT INTO block")]
    assert len(inserts) == 2  # the block that was open, and the new one


def test_a_file_that_is_further_stays(db: sqlite3.Connection) -> None:
    write(db, chain(50, 50, 10))
    write(db, chain(50, 20))
    assert list(votes.read_blocks(db, 1)) == chain(50, 50, 10)


def test_other_votes_of_the_same_run_are_refused(db: sqlite3.Connection) -> None:
    write(db, chain(50, 50))
    with pytest.raises(UserError, match="holds other votes of this run"):
        write(db, chain(50, 50, 10, first=30))


def test_scores_of_blocks_come_back(db: sqlite3.Connection) -> None:
    plain = chain(50)
    scores = ScoreSums(total=50 * 60_000, squares=50 * 60_000**2)
    scored = chained("start", start=0, n=50, counts={0: 50}, failures=0, scores=scores)
    write(db, [scored])
    assert votes.read_blocks(db, 1) == (scored,)
    assert scored.hash != plain[0].hash and "scores" not in plain[0].model_dump()
