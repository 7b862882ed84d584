"""A killed run of medians goes on after the blocks whose answers its case kept, to the same end."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from engine.case import Case, numbers
from engine.case.counting import count_run, open_run
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Execution, MeasureSettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted
from engine.sampling.sampler import Sampler
from engine.schemes import Gaussian
from engine.verify import Plan, verify
from tests.engine.procedures.test_measure import TwoPixels, outputs
from tests.fakes import finish

SETTINGS = MeasureSettings(scheme=Gaussian(sigma=0.25), epsilon=0.1, n=2000, seed=7)
EXECUTION = Execution(device="cpu", batch=50)


def begun(case: Case, broken: float = 0.05) -> tuple[int, tuple]:
    inner = outputs(TwoPixels(broken))
    given = fitted(inner, load_input("digits:3"))
    run, _ = open_run(
        case, inner, given, SETTINGS, request=ModelRequest("numbers"), input_spec="digits:3",
        execution=EXECUTION,
    )  # fmt: skip
    return run, (inner, given)


def killed(case: Case, run: int, subject: tuple, at: int) -> None:
    """Count up to some n, and leave it as a kill does: nothing is concluded."""
    counting = count_run(case, run, *subject, stop=threading.Event(), seconds=0.0)
    for snapshot in counting:
        if snapshot.estimation.n >= at:
            break
    counting.close()


@pytest.fixture
def drawn(monkeypatch) -> list[int]:
    """Where each stream of samples began."""
    monkeypatch.setattr("engine.sampling.sampler.SNAPSHOT_SECONDS", 0.0)
    found: list[int] = []
    plain = Sampler.rows

    def rows(self, stream, start, *args, **kwargs):
        found.append(start)
        return plain(self, stream, start, *args, **kwargs)

    monkeypatch.setattr(Sampler, "rows", rows)
    return found


def end(case: Case, run: int, subject: tuple) -> Evidence:
    return finish(count_run(case, run, *subject))


def test_a_killed_run_goes_on_to_the_same_result(tmp_path, drawn) -> None:
    case = Case.create(tmp_path / "a.certiscope")
    run, subject = begun(case)
    killed(case, run, subject, 700)
    kept = Case.open(case.path).resume(run)
    assert 10 <= len(kept.numbers) <= len(kept.blocks)
    assert [len(one) for one in kept.numbers] == [
        8 * block.counts.get(0, 0) for block in kept.blocks[: len(kept.numbers)]
    ]
    found = end(Case.open(case.path), run, subject)
    other = Case.create(tmp_path / "b.certiscope")
    whole = end(other, *begun(other))
    assert drawn[:2] == [0, 50 * len(kept.numbers)] and drawn[2] == 0
    for name in ("intervals", "observations", "statement", "chain"):
        assert getattr(found, name) == getattr(whole, name), name
    assert found.observations.failures > 0 and found.complete
    assert not Case.open(case.path).damaged()
    claims = verify(case.path, Plan(counts_only=True)).claims
    assert {claim.verdict for claim in claims} <= {"holds", "cannot be checked"}


def test_what_was_changed_in_the_file_is_drawn_again(tmp_path, drawn) -> None:
    case = Case.create(tmp_path / "a.certiscope")
    run, subject = begun(case)
    killed(case, run, subject, 700)
    with sqlite3.connect(case.path) as db:
        (answers,) = db.execute("SELECT answers FROM numbers WHERE start = 150").fetchone()
        db.execute("UPDATE numbers SET answers = ? WHERE start = 150", (bytes(len(answers)),))
    db.close()
    assert len(Case.open(case.path).resume(run).numbers) == 3
    found = end(Case.open(case.path), run, subject)
    other = Case.create(tmp_path / "b.certiscope")
    assert found.intervals == end(other, *begun(other)).intervals
    assert drawn[1] == 150


def test_a_run_that_keeps_no_numbers_has_none(tmp_path) -> None:
    case = Case.create(tmp_path / "a.certiscope")
    run, _ = begun(case)
    with sqlite3.connect(case.path) as db:
        numbers.write(db, run, (), ())
        assert numbers.read(db, run, ()) == ()
    db.close()
