"""What a case file must survive: SIGKILL, a full disk, read-only folders, bad bytes."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.case import Case
from engine.core.errors import UserError
from tests.cases import ASKED, PREDICTED, SETTINGS, begun, counted, partly
from tests.factories import make_predicted
from tests.fakes import fitted, identity

ROOT = Path(__file__).parents[3]
WORKER = Path(__file__).parent / "fault_worker.py"
posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs POSIX processes")


def worker(*arguments: object) -> Any:
    done = subprocess.run(
        [sys.executable, str(WORKER), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        timeout=3600,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


PROCEDURES = ("certify", "predict", "decide")


def killed(folder: Path, kills: int, n: int, procedure: str) -> None:
    found = worker("kill", folder, kills, n, 7, procedure)
    assert found["same"] == found["clean"] == len(found["on disk"]) == kills
    assert found["anew"] == 0  # unfinished runs were gone on with
    assert any(0 < counted < n for counted in found["on disk"])


@pytest.mark.thorough
@posix
@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_killed_run_is_resumed_to_the_counts_of_an_uninterrupted_one(
    tmp_path: Path, procedure: str
) -> None:
    killed(tmp_path, 4, 10_000, procedure)


@posix
@pytest.mark.statistics
@pytest.mark.parametrize("procedure", PROCEDURES)
def test_fifty_kills(tmp_path: Path, procedure: str) -> None:
    killed(tmp_path, 50, 40_000, procedure)


@posix
@pytest.mark.statistics
def test_killed_sets_are_resumed_to_the_rows_of_an_uninterrupted_one(tmp_path: Path) -> None:
    found = worker("set", tmp_path, 24, 3000, 11)
    assert found["same"] == found["clean"] == found["sets"] and found["kills"] >= 24
    assert any(0 < counted < 8 * 3000 for counted in found["on disk"])


@pytest.mark.thorough
@posix
def test_a_full_disk_costs_nothing_that_was_counted(tmp_path: Path) -> None:
    found = worker("full", tmp_path)
    assert found["damage"] == ["", {}]
    assert found["counted"] >= found["kept"] > 0
    assert (found["state"], found["complete"]) == ("interrupted", True)  # it went on in memory
    assert len(found["said"]) == 1 and "the disk is full or failing" in found["said"][0]
    assert any("not in its case file" in warning for warning in found["warnings"])
    assert found["same"] and found["finished"] == "finished"


@pytest.fixture
def locked() -> Iterator[Path]:
    """A folder in which an ordinary user may create nothing, with a case in it."""
    folder = Path(tempfile.mkdtemp(prefix="certiscope-locked-"))
    case = Case.create(folder / "a.certiscope")
    case.begin(identity(), fitted().identity, SETTINGS, **ASKED)
    case.path.chmod(0o444)
    folder.chmod(0o555)
    yield case.path
    folder.chmod(0o755)
    shutil.rmtree(folder)


AS_NOBODY = """
import os, sys
from engine.case import Case
from engine.core.errors import UserError
if os.getuid() == 0:
    os.setgid(65534), os.setuid(65534)
case = Case.open(sys.argv[1])
print(len(case.runs()), repr(case.damage))
for work in (lambda: case.note(1, "x"), lambda: Case.create(sys.argv[1] + "2")):
    try:
        work()
    except UserError as error:
        print(error)
"""


@posix
def test_a_read_only_folder_is_read_and_refused_in_a_sentence(locked: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(locked)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    opened, noted, created = done.stdout.splitlines()
    assert opened == "1 ''", done.stderr
    assert noted.startswith(f"Cannot write {locked}: the file or its folder is read-only")
    assert created.startswith(f"Cannot write {locked}2: the file or its folder is read-only")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run, a stopped one with a note, an interrupted one, and a prediction."""
    path = tmp_path_factory.mktemp("whole") / "whole.certiscope"
    case = Case.create(path)
    counted(case, begun(case))
    partly(case, begun(case, SETTINGS.model_copy(update={"seed": 1})), 500)
    case.note(2, "the one to show")
    case.pin(1)
    predicted = case.begin(identity(), fitted().identity, PREDICTED, **ASKED, run_id="p")
    case.finish(predicted, make_predicted())
    return path


def shown(case: Case) -> dict[int, tuple[Any, ...]]:
    """Everything that a window shows of the runs that are said to be whole."""
    found = {}
    for row in case.runs():
        if not row.damage:
            going = case.resume(row.id)
            found[row.id] = (row, case.evidence(row.id), going, case.configuration(row.id).request)
    return found


def survives(path: Path, expected: dict[int, tuple[Any, ...]]) -> str:
    """How a damaged file was met: ``sentence``, ``verdict`` or ``equal``."""
    try:
        case = Case.open(path)
        found = shown(case)
    except UserError as error:
        assert str(error).endswith(".") and "Traceback" not in str(error)
        return "sentence"
    for number, (row, *rest) in found.items():
        whole, *others = expected[number]
        if case.damage:  # which says that entries are missing: notes, and tries in "k of m"
            entries = ("number", "of", "then", "note", "pinned")
            row = row.model_copy(update={name: getattr(whole, name) for name in entries})
        assert [row, *rest] == [whole, *others]
    if case.damage or case.damaged():
        return "verdict"
    assert found.keys() == expected.keys()
    return "equal"


def flipped(whole: Path, path: Path, places: Iterator[tuple[int, int]]) -> dict[str, int]:
    data, expected = whole.read_bytes(), shown(Case.open(whole))
    met = {"sentence": 0, "verdict": 0, "equal": 0}
    for place, bit in places:
        changed = bytearray(data)
        changed[place] ^= 1 << bit
        path.write_bytes(bytes(changed))
        met[survives(path, expected)] += 1
    return met


@pytest.mark.thorough
def test_flipped_bits_are_never_accepted_silently(whole: Path, tmp_path: Path) -> None:
    size, moments = whole.stat().st_size, random.Random(3)
    places = [(moments.randrange(size), moments.randrange(8)) for _ in range(300)]
    places += [(place, moments.randrange(8)) for place in range(100)]  # the file's header
    met = flipped(whole, tmp_path / "a.certiscope", iter(places))
    assert met["sentence"] and met["verdict"] and met["equal"]


@pytest.mark.statistics
def test_flipped_bits_in_every_third_byte(whole: Path, tmp_path: Path) -> None:
    size, moments = whole.stat().st_size, random.Random(4)
    places = ((place, moments.randrange(8)) for place in range(0, size, 3))
    flipped(whole, tmp_path / "a.certiscope", places)


@pytest.mark.thorough
def test_overwritten_stretches_are_never_accepted_silently(whole: Path, tmp_path: Path) -> None:
    data, expected, moments = whole.read_bytes(), shown(Case.open(whole)), random.Random(5)
    path = tmp_path / "a.certiscope"
    for _ in range(60):
        place, length = moments.randrange(len(data)), moments.choice((2, 8, 64, 4096))
        stretch = moments.choice((bytes(length), moments.randbytes(length), data[:length]))
        path.write_bytes(data[:place] + stretch + data[place + length :])
        survives(path, expected)


def test_truncated_files_are_never_accepted_silently(whole: Path, tmp_path: Path) -> None:
    data, expected = whole.read_bytes(), shown(Case.open(whole))
    path = tmp_path / "short.certiscope"
    for length in (1, 16, 99, 100, 511, 4096, 8192, len(data) // 2, len(data) - 4096):
        path.write_bytes(data[:length])
        assert survives(path, expected) in ("sentence", "verdict"), length


@pytest.mark.parametrize("data", [b"\0" * 5000, b"SQLite format 3\0", b"%PDF-1.7\n" * 99])
def test_other_files_are_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.certiscope"
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"is not a case file|damaged"):
        Case.open(path)
