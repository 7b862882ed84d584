"""Shares of a cluster, and the real thing: two workers on Ray, one of them killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from engine.case import Case
from engine.cluster.ray_crew import Share
from engine.core.errors import UserError

ROOT = Path(__file__).resolve().parents[3]
WORDS = [sys.executable, "-m", "engine", "audit", "--model", "demo:digits-0.25", "--input"]
MORE = ["digits", "--sigma", "0.25", "--seed", "1", "--device", "cpu"]
FOUR = [*WORDS, *MORE, "--n", "120000", "--limit", "4", "--quiet"]
CLUSTER = ["--cluster", "local", "--workers", "2"]


def test_workers_share_the_devices_of_a_cluster() -> None:
    pc, node = {"CPU": 8.0}, {"CPU": 64.0, "GPU": 8.0}
    for resources, workers, device, share in (
        (pc, None, "auto", (8, 1.0, 0.0, 1)),
        (pc, 2, "auto", (2, 1.0, 0.0, 4)),
        (pc, 3, "cpu", (3, 1.0, 0.0, 2)),
        (pc, 12, "auto", (12, 0.6666, 0.0, 1)),
        (node, None, "auto", (8, 1.0, 1.0, 8)),
        (node, None, "cuda", (8, 1.0, 1.0, 8)),
        (node, 16, "auto", (16, 1.0, 0.5, 4)),
        (node, None, "cpu", (64, 1.0, 0.0, 1)),
    ):
        assert Share.of(resources, workers, device) == share, (resources, workers, device)
    with pytest.raises(UserError, match="--device cuda:1 names one device, and a cluster shares"):
        Share.of(node, None, "cuda:1")
    with pytest.raises(UserError, match="the cluster has no GPU; give --device cpu"):
        Share.of(pc, None, "cuda")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment of its own, in which nothing may be left."""
    with TemporaryDirectory(prefix="c", dir="/tmp") as scratch:  # short, as Ray's sockets need it
        yield {**os.environ, "HOME": str(tmp_path), "TMPDIR": scratch, "PYTHONPATH": _path()}
        for pid in _session(Path(scratch)):  # of a test that failed
            os.kill(pid, signal.SIGKILL)
        assert not list(Path(scratch).iterdir()) and not (tmp_path / ".ray").exists()


def _path() -> str:
    return os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(ROOT)])


def _session(folder: Path) -> list[int]:
    """Processes whose command line names a folder, or that are Ray's actors of a session in it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in told and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found


def _workers(folder: Path) -> list[int]:
    return [
        pid
        for pid in _session(folder)
        if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"ray::Worker")
    ]


def _wait_for(what: Any, seconds: float = 120.0) -> Any:
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until
        time.sleep(0.1)
    return found


def _counted(case: Path) -> int:
    """Votes on the disk, by a look that holds up no writer for long."""
    try:
        with closing(sqlite3.connect(f"{case.as_uri()}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT total(n) FROM progress").fetchone()[0])
    except sqlite3.Error:  # it is being made
        return 0


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The set as one process counts it."""
    path = tmp_path_factory.mktemp("alone") / "a.json"
    subprocess.run([*FOUR, "--json", str(path)], cwd=ROOT, check=True)
    return json.loads(path.read_text())


@pytest.mark.cluster
@pytest.mark.skipif(sys.platform != "linux", reason="it looks for workers in /proc")
def test_rows_are_those_of_one_process_though_a_worker_is_killed(
    tmp_path: Path, place: dict[str, str], alone: Any
) -> None:
    together, case = tmp_path / "a.json", tmp_path / "a.certiscope"
    running = subprocess.Popen(
        [*FOUR, *CLUSTER, "--case", str(case), "--json", str(together)],
        cwd=ROOT,
        env=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    scratch = Path(place["TMPDIR"])
    _wait_for(lambda: _counted(case))
    os.kill(_workers(scratch)[0], signal.SIGKILL)
    printed, said = running.communicate(timeout=600)
    assert running.returncode == 0 and not printed, said
    assert said.count("\n") == 1 and "A worker on " in said and "without a word" in said, said
    assert json.loads(together.read_text()) == alone
    _wait_for(lambda: not _session(scratch))
    kept = Case.open(case)
    assert len(kept.runs()) == 4 and not kept.damaged()


@pytest.mark.cluster
@pytest.mark.skipif(sys.platform != "linux", reason="SIGKILL")
def test_rows_are_those_of_one_process_though_it_is_killed_or_split(
    tmp_path: Path, alone: Any
) -> None:
    """A process that is killed and resumed, and two shards that are merged."""
    killed, merged = tmp_path / "killed.certiscope", tmp_path / "merged.certiscope"
    running = subprocess.Popen([*FOUR, "--case", str(killed)], cwd=ROOT)
    _wait_for(lambda: _counted(killed))
    running.kill()
    assert running.wait() == -signal.SIGKILL
    shards = [tmp_path / f"{number}.certiscope" for number in (1, 2)]
    for number, shard in enumerate(shards, 1):
        words = [*FOUR, "--shard", f"{number}/2", "--case", str(shard)]
        subprocess.run(words, cwd=ROOT, check=True)
    merging = [sys.executable, "-m", "engine", "merge", *map(str, (merged, *shards))]
    subprocess.run(merging, cwd=ROOT, check=True, capture_output=True)
    for case in (killed, merged):
        found = tmp_path / "found.json"
        subprocess.run([*FOUR, "--case", str(case), "--json", str(found)], cwd=ROOT, check=True)
        assert json.loads(found.read_text()) == alone
        assert len(Case.open(case).runs()) == 4


@pytest.mark.cluster
@pytest.mark.skipif(sys.platform != "linux", reason="it looks for workers in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_leaves_a_case_to_resume(
    tmp_path: Path, place: dict[str, str], number: signal.Signals
) -> None:
    words = [*WORDS, *MORE, "--n", "2000000", "--limit", "2", *CLUSTER]
    case = tmp_path / "a.certiscope"
    running = subprocess.Popen(
        [*words, "--case", str(case)], cwd=ROOT, env=place, stderr=subprocess.PIPE, text=True
    )
    _wait_for(lambda: _counted(case))
    running.send_signal(number)
    began = time.monotonic()
    _, said = running.communicate(timeout=60)
    assert time.monotonic() - began < 60 and running.returncode == 130
    assert "Stopped before the first input of the set was counted." in said, said
    _wait_for(lambda: not _session(Path(place["TMPDIR"])))
    assert {run.state for run in Case.open(case).runs()} == {"interrupted"}
