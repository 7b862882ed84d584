"""Every table of a finished run is edited in turn, as somebody with an SQL shell would."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from engine.case import Case
from engine.case.check import evidence_digest
from engine.core.errors import UserError
from tests.cases import begun, counted


@pytest.fixture
def finished(case: Case) -> Path:
    counted(case, begun(case))
    return case.path


def edit(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path)
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        db.execute(statement)
    for _, sql in triggers:
        db.execute(sql)
    db.commit()
    db.close()


def test_a_whole_run_is_whole(finished: Path) -> None:
    case = Case.open(finished)
    assert (case.damage, case.damaged()) == ("", {})


@pytest.mark.parametrize(
    ("statement", "clause"),
    [
        (
            "UPDATE result SET evidence = replace(evidence, '\"radius\":0', '\"radius\":1')",
            "its result was changed after it was written",
        ),
        ("DELETE FROM result", "its results are not those in the log"),
        (
            "UPDATE block SET counts = '{\"0\": 50}', failures = 0 WHERE start = 150",
            "its votes are damaged from block 3 on",
        ),
        *(
            (f"UPDATE block SET counts = '{text}' WHERE start = 50", "it cannot be read")
            for text in ('{"0": 50, "scores": []}', '{"scores": null}', "[1]", "5", "null")
        ),
        ("UPDATE block SET failures = failures + 1 WHERE start = 0", "from block 0 on"),
        ("UPDATE block SET hash = 'x' WHERE start = 100", "from block 2 on"),
        ("DELETE FROM block WHERE start = 950", "some of its votes are missing"),
        ("UPDATE block SET start = 5000 WHERE start = 950", "from block 19 on"),
        ("UPDATE progress SET n = 0", "its counts are not those that were written"),
        ("UPDATE progress SET selection = '[0, 60, 0]'", "its counts are not those"),
        ("UPDATE progress SET head = 'x'", "its counts are not those"),
        ("DELETE FROM progress", "its counts are missing"),
        ("UPDATE progress SET selection = 'x'", "it cannot be read"),
        ("UPDATE run SET noise_key = '0'", "its model, input or settings are not those"),
        ("UPDATE run SET subject = 'x'", "its model, input or settings are not those"),
        (
            "UPDATE run SET settings = replace(settings, '\"alpha\":0.001', '\"alpha\":0.01')",
            "its model, input or settings are not those",
        ),
        ("UPDATE model SET sha256 = 'x'", "its model, input or settings are not those"),
        ("UPDATE input SET spec = 'digits:2'", "its model, input or settings are not those"),
        ("UPDATE event SET detail = '{}' WHERE kind = 'ended'", "its entries in the log"),
    ],
)
def test_edits_are_found(finished: Path, statement: str, clause: str) -> None:
    edit(finished, statement)
    case = Case.open(finished)
    sentence = case.damaged()[1]
    assert sentence.startswith("Run 1 is damaged: ") and clause in sentence
    for work in (case.evidence, case.resume, case.claim):
        with pytest.raises(UserError, match="Run 1 in .* is damaged: "):
            work(1)


def test_a_run_that_was_dropped_is_missed(finished: Path) -> None:
    tables = ("block", "progress", "result", "owner", "run")
    keys = ("run", "run", "run", "run", "id")
    edit(finished, *(f"DELETE FROM {t} WHERE {k} = 1" for t, k in zip(tables, keys, strict=True)))
    case = Case.open(finished)
    assert "belongs to nothing" in case.damage or "runs are missing" in case.damage
    with pytest.raises(UserError, match="nothing is written to it any more"):
        begun(case)


def test_an_event_that_was_dropped_is_missed(finished: Path) -> None:
    edit(finished, "DELETE FROM event WHERE id = 1")
    assert "its log is not as it was written" in Case.open(finished).damage


def test_rewritten_blocks_do_not_fit_the_result(finished: Path) -> None:
    """A chain that is right in itself, of fewer votes than the result rests on."""
    case = Case.open(finished)
    blocks = case.resume(1).blocks[:-1]
    known = case.configuration(1)
    from engine.case.digests import progress_digest

    db = sqlite3.connect(finished)
    stored, asked = db.execute("SELECT selection, asked_again FROM progress").fetchone()
    db.close()
    n, head = sum(block.n for block in blocks), blocks[-1].hash
    edit(
        finished,
        "DELETE FROM block WHERE start = 950",
        f"UPDATE progress SET n = {n}, head = '{head}', "
        f"digest = '{progress_digest(known.run_id, stored, n, head, asked)}'",
    )
    assert "votes behind its result are missing" in Case.open(finished).damaged()[1]


def test_digests_of_results() -> None:
    assert evidence_digest("{}") == (
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )
