from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from engine.case import Case
from engine.case.merging import adopt
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from gui.jobs import session_file

_ANOTHER = """
import sys
from pathlib import Path
from gui.jobs import session_file
print(session_file.left_in(Path(sys.argv[1]), print))
"""


def nobody(path, why):
    pytest.fail(f"{path} could not be read: {why}")


@pytest.fixture
def own(tmp_path):
    found = session_file.begun(tmp_path / "sessions")
    yield found
    found.lock.unlock()


def test_a_case_that_a_window_holds_is_left_alone_by_all_others(own, make, tmp_path):
    done = make.evidence(CertifySettings(n=2000, seed=1)).model_copy(update={"chain": None})
    adopt(own.case, done, ModelRequest("demo:x"))
    folder = own.case.path.parent
    assert session_file.left_in(folder, nobody) is None
    command = [sys.executable, "-c", _ANOTHER, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"
    own.lock.unlock()
    left = session_file.left_in(folder, nobody)
    assert left is not None and left.path == own.case.path
    assert (len(left.results), left.unfinished) == (1, 0)


def test_a_process_that_was_killed_leaves_its_case(tmp_path):
    program = (
        "import os, sys; from pathlib import Path; from gui.jobs import session_file\n"
        "session_file.begun(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    (path,) = tmp_path.glob("*.certiscope")
    assert Case.open(path).runs() == ()
    assert session_file.left_in(tmp_path, nobody) is None and not path.exists()  # nothing was in it


def test_a_stopped_run_can_be_resumed_and_a_damaged_case_stays(own, make):
    stopped = make.evidence(CertifySettings(n=2000, seed=1), n=500)
    stopped = stopped.model_copy(update={"chain": None})
    adopt(own.case, stopped, ModelRequest("demo:x"))
    own.lock.unlock()
    left = session_file.left_in(own.case.path.parent, nobody)
    assert left is not None and (left.unfinished, left.partial) == (1, 1)
    own.case.path.write_bytes(b"no case at all")
    said = []
    assert session_file.left_in(own.case.path.parent, lambda *one: said.append(one)) is None
    ((path, why),) = said
    assert path == own.case.path and path.exists()
    assert why == f"{path} is not a case file, or its beginning is damaged; choose another file."
    journal = own.case.path.with_name(f"{own.case.path.name}-journal")
    journal.write_bytes(b"")  # as a crash within a write leaves it
    session_file.remove(own.case.path)
    assert not journal.exists()
    assert not own.case.path.exists()


def test_what_is_in_another_file_too_is_not_left(own, make):
    path, stopped = own.case.path, make.evidence(CertifySettings(n=2000, seed=1), n=500)
    adopt(own.case, stopped.model_copy(update={"chain": None}), ModelRequest("demo:x"))
    own.lock.unlock()
    session_file.note_saved(path, {"r"})
    left = session_file.left_in(path.parent, nobody)
    assert (left.results, left.unfinished, left.partial) == ((), 1, 0)  # it can still go on
    assert session_file.saved_of(path.with_name("none")) == frozenset()


def test_a_case_whose_results_are_all_elsewhere_is_removed(own, make):
    path, done = own.case.path, make.evidence(CertifySettings(n=2000, seed=1))
    adopt(own.case, done.model_copy(update={"chain": None}), ModelRequest("demo:x"))
    own.lock.unlock()
    session_file.note_saved(path, {"r"})
    assert session_file.left_in(path.parent, nobody) is None
    assert not list(path.parent.iterdir())


@pytest.mark.parametrize(
    "change, part",
    [
        ("PRAGMA user_version = 99", "was written by a newer Certiscope (its version is 99"),
        ("DELETE FROM run", "is damaged ("),
        ("UPDATE progress SET n = 7", "Run 1 is damaged"),
    ],
)
def test_a_case_of_which_nothing_can_be_read_stays_and_is_told_of(own, make, change, part):
    stopped = make.evidence(CertifySettings(n=2000, seed=1), n=500)
    adopt(own.case, stopped.model_copy(update={"chain": None}), ModelRequest("demo:x"))
    own.lock.unlock()
    with closing(sqlite3.connect(own.case.path)) as db:
        db.execute(change)
        db.commit()
    said = []
    assert session_file.left_in(own.case.path.parent, lambda *one: said.append(one)) is None
    ((path, why),) = said
    assert path == own.case.path and path.exists() and part in why, why


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="Cannot write"):
        session_file.begun(tmp_path / "sessions")


def test_a_file_in_the_place_of_the_folder_is_a_sentence(tmp_path):
    (tmp_path / "sessions").write_text("")
    with pytest.raises(UserError, match=r"Cannot write .*sessions: File exists"):
        session_file.begun(tmp_path / "sessions")


def test_a_case_that_was_never_written_is_not_worth_a_word(tmp_path):
    path = tmp_path / "session-1.certiscope"
    path.touch()  # as of a window that is being opened, or was ended in that moment
    assert session_file.left_in(tmp_path, nobody) is None and path.exists()


def test_one_alone_takes_what_was_left(own):
    path = own.case.path
    assert session_file.claimed(path) is None  # a window holds it
    own.lock.unlock()
    lock = session_file.claimed(path)
    assert lock is not None and session_file.claimed(path) is None
    session_file.remove(path)
    lock.unlock()
    assert session_file.claimed(path) is None  # it was thrown away
    assert not list(path.parent.iterdir())
