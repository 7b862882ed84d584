"""Ctrl+C or SIGTERM once stops, twice interrupts, and always ends in a sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from engine.system import interrupt
from engine.system.interrupt import (
    INTERRUPTED,
    interrupted,
    leave,
    remembered,
    stoppable,
    until_interrupted,
)

ROOT = Path(__file__).parents[3]
LONG = [
    *(sys.executable, "-m", "engine", "certify", "--model", "demo:digits-0.25"),
    *("--input", "digits:52", "--n", "100000000", "--device", "cpu"),
]
WRITING = (
    "certiscope: Stopped while files were being written. What was counted is lost, for no case "
    "kept it (--case F.certiscope)."
)
WROTE = "certiscope: Stopped while files were being written. /"
SENTENCES = (
    "certiscope: Stopped; nothing more was done.",
    "certiscope: Stopped before it was done; nothing more was written.",
    "certiscope: Stopped while a library was being loaded.",
    "certiscope: Stopped before there was a result. What was counted is lost, for no case kept it "
    "(--case F.certiscope).",
)


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Afterwards no signal is remembered, and the handlers of both are what they were."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    until_interrupted(lambda: 0)
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_sets_the_event_second_interrupts(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stoppable() as stop:
        signal.raise_signal(number)
        assert stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_a_signal_that_a_library_swallows_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:

    def command() -> int:
        with suppress(KeyboardInterrupt):  # as an import hook may do
            signal.raise_signal(signal.SIGTERM)
        assert interrupted()
        with stoppable():
            raise AssertionError("a run began")

    assert until_interrupted(command) == INTERRUPTED
    assert until_interrupted(lambda: 3) == 3 and not interrupted()
    assert capsys.readouterr().err == SENTENCES[0] + "\n"


def test_a_module_is_loaded_to_its_end_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """torch's native part ends the process where an error comes out of a module that it loads."""
    body = "import signal", "signal.raise_signal(signal.SIGINT)", "loaded = sum(range(9))"
    (tmp_path / "slow_to_load.py").write_text("\n".join(body), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    def command() -> int:
        __import__("slow_to_load")
        assert interrupted()
        for _ in range(500):
            time.sleep(0.01)
        raise AssertionError("the signal did not come again")

    assert until_interrupted(command) == INTERRUPTED
    assert until_interrupted(lambda: 3) == 3 and not interrupted()
    assert sys.modules.pop("slow_to_load").loaded == 36
    assert capsys.readouterr().err == SENTENCES[0] + "\n"


def test_what_was_done_before_a_signal_is_not_denied(capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> int:
        sys.stderr.write("certiscope: Wrote out.json.\n")
        signal.raise_signal(signal.SIGINT)
        return 0

    assert until_interrupted(command) == INTERRUPTED
    said = capsys.readouterr().err.splitlines()
    assert said == ["certiscope: Wrote out.json.", "certiscope: Stopped; nothing more was done."]


def test_an_error_that_a_signal_became_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    """As where native code that asks Python takes KeyboardInterrupt for a failure of its own."""

    def command() -> int:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise SystemError("bad argument to internal function") from None
        return 0

    assert until_interrupted(command) == INTERRUPTED
    with pytest.raises(ZeroDivisionError):
        until_interrupted(lambda: 1 // 0)
    assert capsys.readouterr().err == SENTENCES[0] + "\n"


def test_a_signal_may_be_remembered_where_no_error_may_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended = list[str]()
    monkeypatch.setattr(interrupt, "_end", ended.append)

    def command() -> int:
        with remembered():
            signal.raise_signal(signal.SIGINT)
            assert interrupted() and not ended
            signal.raise_signal(signal.SIGTERM)
            assert len(ended) == 1
        with pytest.raises(KeyboardInterrupt), remembered():
            raise AssertionError("it was forgotten")
        return 3

    assert until_interrupted(command) == 3


def test_a_second_signal_ends_what_never_loads(tmp_path: Path) -> None:
    """The first waits for the module, at whatever moment the second comes."""
    body = "import time", "print('loading', flush=True)", "while True: time.sleep(0.05)"
    (tmp_path / "never_loaded.py").write_text("\n".join(body), encoding="utf-8")
    command = (
        "import sys; from engine.system.interrupt import until_interrupted; "
        "sys.exit(until_interrupted(lambda: __import__('never_loaded') and 0))"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    with subprocess.Popen(
        [sys.executable, "-c", command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "loading\n"
        program.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert program.poll() is None
        program.send_signal(signal.SIGTERM)
        _, err = program.communicate(timeout=60)
    assert program.returncode == INTERRUPTED
    assert err == "certiscope: Stopped while a library was being loaded.\n"


@pytest.mark.walk
@pytest.mark.parametrize("delays", [(0.15,), (0.6,), (1.2, 0.05), (5.0, 0.01), (5.0, 0.3)])
def test_a_command_ends_in_one_sentence_whenever_it_is_stopped(
    delays: tuple[float, ...], tmp_path: Path
) -> None:
    target = tmp_path / "out.json"
    with subprocess.Popen(
        [*LONG, "--json", str(target)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as program:
        for delay in delays:
            time.sleep(delay)
            program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)
    assert "Traceback" not in err
    said = err.strip().rpartition("\n")[2]  # how long the run takes may stand before it
    if said == WRITING or said.startswith(WROTE):
        assert program.returncode == INTERRUPTED
        assert target.exists() or said == WRITING
    elif program.returncode in (INTERRUPTED, -signal.SIGINT):  # to a shell both are 130
        assert said in SENTENCES and not target.exists() and not out
    else:  # the run had begun: its votes are a result
        assert program.returncode in (0, 3) and target.exists() and out, err


def test_an_event_of_the_caller_is_the_one_that_is_set() -> None:
    mine = threading.Event()
    with stoppable(mine) as stop:
        signal.raise_signal(signal.SIGINT)
    assert stop is mine and mine.is_set()


def test_other_threads_get_an_event_and_no_handler() -> None:
    seen: list[bool] = []

    def body() -> None:
        with stoppable() as stop:
            seen.append(stop.is_set())

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert seen == [False]


def test_who_was_stopped_says_nothing_below_the_last_sentence(tmp_path: Path) -> None:
    """Files are cleaned up, and what libraries print as the interpreter ends is not."""
    command = (
        "import atexit, sys; from engine.system.interrupt import leave; "
        "atexit.register(open, 'cleaned', 'w'); "
        "sys.stdout = open(1, 'w', closefd=False); print('out'); "
        "Late = type('Late', (), {'__del__': lambda self: print('late', file=sys.__stderr__)}); "
        "kept = Late(); leave(130)"
    )
    done = subprocess.run(
        [sys.executable, "-c", command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED, "out\n", "")
    assert (tmp_path / "cleaned").exists()
    with pytest.raises(SystemExit) as end:
        leave(3)
    assert end.value.code == 3
