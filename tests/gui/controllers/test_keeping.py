from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from engine.case import Case
from engine.case.merging import adopt
from engine.case.recording import NOT_KEPT
from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from gui.controllers import keeping
from gui.controllers.preferences import data_folder
from gui.controllers.session import Session
from gui.jobs import session_file


def cases():
    return sorted((data_folder() / "sessions").glob("*.certiscope"))


@pytest.fixture
def kept(session, qtbot):
    """A session with a case of its own, ready for a run."""
    session.keeping.begin()
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    session.loading.open_input("digits:7")
    qtbot.waitUntil(lambda: session.runs.ready and session.case.file is not None)
    return session


def run(session, qtbot):
    session.runs.certify()
    qtbot.waitUntil(lambda: session.runs.evidence is not None and not session.worker.busy())


def started_again(engine, preferences, qtbot):
    """The next start, with a file of its own, and what it finds."""
    again = Session(engine=engine, preferences=preferences)
    again.start()
    with qtbot.waitSignal(again.keeping.found) as found:
        again.keeping.begin()
    qtbot.waitUntil(lambda: again.case.file is not None and not again.worker.busy())
    return again, found.args[0]


def opened_again(engine, preferences, qtbot):
    """The next start, which has opened what it found."""
    again, left = started_again(engine, preferences, qtbot)
    again.keeping.open_left(left)
    qtbot.waitUntil(lambda: again.case.file.path == left.path and not again.worker.busy())
    return again, left


def test_a_session_without_a_result_leaves_nothing(kept):
    assert len(cases()) == 1 and kept.case.title == ""
    assert kept.shutdown()
    assert not cases()


def test_a_result_stays_past_the_end_until_it_is_saved(kept, qtbot, tmp_path):
    run(kept, qtbot)
    assert kept.keeping.unsaved == {"r"}
    assert Case.open(cases()[0]).runs()[0].outcome == "certified"
    with qtbot.waitSignal(kept.keeping.changed):
        kept.exports.export(kept.runs.evidence, "json", tmp_path / "a.json")
    assert not kept.keeping.unsaved
    kept.shutdown()
    assert not cases()


@pytest.mark.thorough
def test_what_is_saved_as_a_case_is_kept_there_alone(kept, qtbot, tmp_path):
    run(kept, qtbot)
    path = tmp_path / "mine.certiscope"
    kept.case.save_as(path, kept.runs.evidence, kept.loading.request)
    qtbot.waitUntil(lambda: kept.case.title == "mine")
    assert not kept.keeping.unsaved and not cases()
    assert len(Case.open(path).runs()) == 1
    run(kept, qtbot)
    assert not kept.keeping.unsaved  # it is in the case


def test_another_case_does_not_swallow_what_is_saved_nowhere(kept, qtbot, tmp_path):
    run(kept, qtbot)
    kept.case.create(tmp_path / "new.certiscope")
    qtbot.waitUntil(lambda: kept.case.title == "new")
    assert len(cases()) == 1 and not kept.keeping.unsaved


def test_the_next_session_offers_and_resumes_what_was_going(
    kept, engine, preferences, qtbot, tmp_path
):
    engine.pause = 0.01
    kept.runs.certify()
    qtbot.waitUntil(lambda: kept.runs.snapshot is not None)
    kept.shutdown()
    assert len(cases()) == 1
    engine.pause = 0.0
    again, left = started_again(engine, preferences, qtbot)
    assert left.path == cases()[0] and left.unfinished == 1
    again.keeping.open_left(left, resume=True)
    qtbot.waitUntil(lambda: again.runs.evidence is not None and not again.worker.busy())
    assert again.loading.request.spec == "demo:digits-0.25"
    assert "resume 1" in engine.calls and again.runs.evidence.complete
    assert cases() == [left.path] and again.case.title == ""
    again.keeping.discard()
    assert again.shutdown() and not cases()


def test_what_several_sessions_left_is_offered_one_after_the_other(
    kept, engine, preferences, make, qtbot
):
    kept.shutdown()
    folder = data_folder() / "sessions"
    evidence = make.evidence(CertifySettings(n=2000, seed=1)).model_copy(update={"chain": None})
    for _ in range(3):
        own = session_file.begun(folder)
        adopt(own.case, evidence, ModelRequest("demo:x"))
        own.lock.unlock()
    oldest, middle, newest = cases()
    again, found = Session(engine=engine, preferences=preferences), []
    again.keeping.found.connect(found.append)
    again.start()
    again.keeping.begin()
    answers = (again.keeping.put_off, again.keeping.discard_left, again.keeping.open_left)
    for answer, path, others in zip(answers, (newest, middle, oldest), (2, 1, 0), strict=True):
        qtbot.waitUntil(lambda: not again.worker.busy())
        assert (found[-1].path, found[-1].others) == (path, others)
        answer(found[-1])
    qtbot.waitUntil(lambda: not again.worker.busy())
    assert len(found) == 3 and again.case.file.path == oldest
    assert cases() == [oldest, newest]
    again.shutdown()


def test_a_result_that_was_saved_is_not_offered_beside_one_that_was_not(
    kept, engine, preferences, make, qtbot, tmp_path
):
    run(kept, qtbot)
    with qtbot.waitSignal(kept.exports.saved):
        kept.exports.export(kept.runs.evidence, "json", tmp_path / "a.json")
    other = make.evidence(CertifySettings(n=2000, seed=1))
    other = other.model_copy(update={"run_id": "another", "chain": None})
    adopt(kept.case.file, other, ModelRequest("demo:x"))
    kept.keeping.note(["another"])
    kept.shutdown()
    again, left = started_again(engine, preferences, qtbot)
    assert left.results == ("another",)
    again.keeping.open_left(left)
    qtbot.waitUntil(lambda: not again.worker.busy())
    assert again.keeping.unsaved == {"another"}
    again.keeping.note(["r"])  # labels came to it
    assert session_file.saved_of(left.path) == frozenset()
    again.keeping.discard()
    assert session_file.saved_of(left.path) == {"r", "another"}
    assert again.shutdown() and not list(left.path.parent.iterdir())


def test_it_is_discarded_when_that_is_asked_for(kept, engine, preferences, qtbot):
    run(kept, qtbot)
    kept.shutdown()
    again, left = started_again(engine, preferences, qtbot)
    again.keeping.discard_left(left)
    qtbot.waitUntil(lambda: not again.worker.busy())
    assert again.shutdown() and not cases()


def test_numbers_alone_save_no_result(kept, qtbot, tmp_path):
    """There are no votes in a CSV: whoever closes the window would lose them unasked."""
    run(kept, qtbot)
    for fmt, kept_nowhere in (("csv", {"r"}), ("html", set())):
        with qtbot.waitSignal(kept.exports.exported):
            kept.exports.export(kept.runs.evidence, fmt, tmp_path / f"a.{fmt}")
        assert kept.keeping.unsaved == kept_nowhere


def test_what_is_added_to_a_saved_result_is_saved_nowhere(kept, qtbot, tmp_path):
    run(kept, qtbot)
    with qtbot.waitSignal(kept.exports.saved):
        kept.exports.export(kept.runs.evidence, "json", tmp_path / "a.json")
    shown = kept.runs.evidence
    kept.runs.replace(shown, shown)
    assert not kept.keeping.unsaved
    kept.runs.replace(shown, shown.model_copy(update={"statement": "refuted"}))
    assert kept.keeping.unsaved == {"r"}


@pytest.mark.parametrize("second", ["discard", "open"])
def test_of_two_windows_that_are_offered_the_same_the_first_has_it(
    kept, engine, preferences, qtbot, second
):
    run(kept, qtbot)
    kept.shutdown()
    windows, offers, said = [], [], []
    for _ in range(2):
        windows.append(Session(engine=engine, preferences=preferences))
        windows[-1].start()
        with qtbot.waitSignal(windows[-1].keeping.found) as found:
            windows[-1].keeping.begin()
        qtbot.waitUntil(lambda: not windows[-1].worker.busy())
        offers += found.args
    first, other = windows
    assert offers[0].path == offers[1].path
    other.notice.connect(lambda kind, sentence: said.append(sentence))
    first.keeping.open_left(offers[0])
    own = other.case.file.path
    getattr(other.keeping, f"{second}_left")(offers[1])
    qtbot.waitUntil(lambda: not (first.worker.busy() or other.worker.busy()))
    assert first.case.file.path == offers[0].path and first.keeping.unsaved == {"r"}
    assert offers[0].path.exists() and other.case.file.path == own
    assert said == [keeping._TAKEN]
    assert other.shutdown() and offers[0].path.exists()
    first.keeping.discard()
    assert first.shutdown() and not cases()


def test_what_an_earlier_session_left_and_nobody_can_read_is_told_of_once(
    kept, engine, preferences, qtbot
):
    run(kept, qtbot)
    kept.shutdown()
    (left,) = cases()
    with closing(sqlite3.connect(left)) as db:
        db.execute("PRAGMA user_version = 99")
    told = []
    for _ in range(2):
        again = Session(engine=engine, preferences=preferences)
        again.keeping.unread.connect(told.append)
        again.start()
        again.keeping.begin()
        qtbot.waitUntil(lambda again=again: not again.worker.busy())
        assert again.shutdown() and cases() == [left]
    (sentence,) = told
    assert sentence.startswith("What an earlier session left could not be read, and stays where")
    assert f"{left} was written by a newer Certiscope (its version is 99" in sentence


def test_a_result_that_no_file_holds_is_not_offered_later(session, qtbot, tmp_path):
    """The session could not open a case of its own."""
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    session.loading.open_input("digits:7")
    qtbot.waitUntil(lambda: session.runs.ready)
    run(session, qtbot)
    assert session.keeping.unsaved == session.keeping.unkept == {"r"}
    session.keeping.note(["of a set"])
    session.case.save_as(tmp_path / "mine.certiscope", session.runs.evidence, None)
    qtbot.waitUntil(lambda: bool(session.case.listing.rows))
    assert session.keeping.unsaved == {"of a set"}  # which is not in that case
    session.keeping.discard()
    assert not session.keeping.unkept


def test_a_result_that_its_case_could_not_keep_is_saved_nowhere(kept, make, qtbot, tmp_path):
    kept.case.create(tmp_path / "mine.certiscope")
    qtbot.waitUntil(lambda: kept.case.title == "mine")
    evidence = make.evidence(kept.form.settings)
    lacking = f"{NOT_KEPT}Cannot write mine.certiscope: the disk is full."
    kept.runs.ended.emit(evidence.model_copy(update={"warnings": (lacking,)}))
    assert kept.keeping.unsaved == kept.keeping.unkept == {"r"}
    kept.case.save_as(tmp_path / "copy.certiscope", evidence, None)
    qtbot.waitUntil(lambda: kept.case.title == "copy")
    assert kept.keeping.unsaved == {"r"}  # the copy lacks it too
    with qtbot.waitSignal(kept.keeping.changed):
        kept.exports.export(evidence, "json", tmp_path / "a.json")
    assert not kept.keeping.unsaved and not kept.keeping.unkept


def test_a_run_that_was_counted_on_and_kept_is_lost_no_more(kept, make):
    evidence = make.evidence(kept.form.settings)
    kept.runs.ended.emit(evidence.model_copy(update={"warnings": (f"{NOT_KEPT}No.",)}))
    kept.runs.ended.emit(evidence)
    assert kept.keeping.unsaved == {"r"} and not kept.keeping.unkept


@pytest.mark.parametrize("another", [False, True])
def test_an_unfinished_run_that_was_only_looked_at_is_offered_again(
    kept, engine, preferences, make, qtbot, tmp_path, another
):
    kept.shutdown()
    own = session_file.begun(data_folder() / "sessions")
    one = make.evidence(CertifySettings(n=2000, seed=1))
    told = {"model_request": ModelRequest("demo:x"), "input_spec": "x", "key": 1}
    own.case.release(own.case.begin(one.model, one.input, one.settings, **told))
    own.lock.unlock()
    again, left = opened_again(engine, preferences, qtbot)
    assert left.unfinished == 1 and not left.results
    if another:
        again.case.create(tmp_path / "new.certiscope")
        qtbot.waitUntil(lambda: again.case.title == "new" and not again.worker.busy())
    assert again.shutdown() and cases() == [left.path]
    assert session_file.left_in(left.path.parent, lambda *_: None) == left


@pytest.mark.parametrize("ended", ["one of two", "both"])
def test_a_recovered_file_goes_when_its_runs_have_ended_and_are_discarded(
    kept, engine, preferences, make, qtbot, ended
):
    """It stayed on the disk until the next start, as if a run of it still waited."""
    kept.shutdown()
    own = session_file.begun(data_folder() / "sessions")
    one = make.evidence(CertifySettings(n=2000, seed=1))
    told = {"model_request": ModelRequest("demo:x"), "input_spec": "x", "key": 1}
    for run_id in ("one", "two"):
        case = own.case
        case.release(case.begin(one.model, one.input, one.settings, run_id=run_id, **told))
    own.lock.unlock()
    again, left = opened_again(engine, preferences, qtbot)
    assert left.without == ("one", "two")
    for run_id in left.without if ended == "both" else left.without[:1]:
        again.runs.ended.emit(one.model_copy(update={"run_id": run_id}))
    again.keeping.discard()
    assert again.shutdown()
    assert cases() == ([] if ended == "both" else [left.path])


def test_no_run_of_another_case_goes_on_in_place_of_the_one_that_was_to(
    kept, engine, preferences, make, qtbot, tmp_path
):
    """The case that was left did not open, or another one was opened meanwhile."""
    kept.shutdown()
    own = session_file.begun(data_folder() / "sessions")
    other = Case.create(tmp_path / "other.certiscope")
    one = make.evidence(CertifySettings(n=2000, seed=1))
    told = {"model_request": ModelRequest("demo:x"), "input_spec": "x", "key": 1}
    for case in (own.case, other):
        case.release(case.begin(one.model, one.input, one.settings, **told))
    own.lock.unlock()
    again, left = started_again(engine, preferences, qtbot)
    again.keeping.open_left(left, resume=True)
    again.case.open(other.path)
    qtbot.waitUntil(lambda: again.case.title == "other" and bool(again.case.listing.rows))
    qtbot.waitUntil(lambda: not again.worker.busy())
    assert again.loading.request is None and not again.runs.waiting
    assert again.shutdown() and cases() == [own.case.path]
