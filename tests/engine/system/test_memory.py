from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.system import memory

ROOT = Path(__file__).parents[3]
_PROGRAM = """
import sys, threading
from engine.system import memory
if sys.argv[1] == "small":
    memory.keep_small()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 2**20
pins = []
def work():
    data = [bytes(50_000) for _ in range(1500)]
    pins.append(bytes(50_000))  # above all that was freed
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
before = resident()
if sys.argv[1] == "small":
    memory.give_back()
print(before - resident())
"""


def test_the_users_choice_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "7")
    monkeypatch.setenv("MALLOC_ARENA_MAX", "3")
    memory.keep_small()
    assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == "7"
    monkeypatch.delenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY")
    memory.keep_small()
    assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == "256"


@pytest.mark.skipif(memory._glibc() is None, reason="another C library")
def test_what_was_freed_goes_back_to_the_system() -> None:
    command = [sys.executable, "-c", _PROGRAM, "small"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(done.stdout) > 30  # MiB of 286


_BATCHES = """
import resource, sys, threading
from engine.system import memory
if sys.argv[1] == "held":
    memory.hold_pages()
size = int(sys.argv[2]) << 20
def batch():
    [bytearray(b"x") * size for _ in range(4)]
def batches():
    for _ in range(30):
        batch()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(30):
        batch()
    print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) // 30)
thread = threading.Thread(target=batches)
thread.start()
thread.join()
"""


@pytest.mark.skipif(memory._glibc() is None, reason="another C library")
@pytest.mark.parametrize("size", [12, 40])  # MiB; glibc maps more than 32 by itself
def test_a_batch_gets_the_pages_of_the_one_before(size: int) -> None:
    """And not those of the system, which clears each: four times 12 MiB are 12,288 of them."""
    asked = {
        how: int(
            subprocess.run(
                [sys.executable, "-c", _BATCHES, how, str(size)],
                capture_output=True,
                text=True,
                check=True,
                env={key: one for key, one in os.environ.items() if "MALLOC" not in key},
            ).stdout
        )
        for how in ("held", "as ever")
    }
    assert asked["held"] < 100 < 1000 < asked["as ever"]


@pytest.mark.parametrize(
    ("environment", "left"),
    [
        ({}, [-8, -4, -2, -1]),
        ({"MALLOC_TOP_PAD_": "0"}, [-8, -4, -1]),
        ({"GLIBC_TUNABLES": "glibc.malloc.check=0:glibc.malloc.mmap_max=9"}, [-8, -2, -1]),
        ({"GLIBC_TUNABLES": "glibc.malloc.trim_threshold=9"}, [-8, -4, -2]),
        ({"GLIBC_TUNABLES": "glibc.malloc.arena_max=9"}, [-4, -2, -1]),
    ],
)
def test_what_the_environment_says_of_the_heap_stays(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], left: list[int]
) -> None:
    class Told:
        def __init__(self) -> None:
            self.what = list[int]()

        def mallopt(self, what: int, value: int) -> None:
            self.what.append(what)

    told = Told()
    for name in [one for one in os.environ if "MALLOC" in one or one == "GLIBC_TUNABLES"]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(memory, "_glibc", lambda: told)
    memory.keep_small()
    memory.hold_pages()
    assert sorted(told.what) == left


@pytest.mark.walk
@pytest.mark.parametrize("program", ["engine", "gui"])
def test_a_command_leaves_its_objects_to_the_system_and_ends_as_ever(program: str) -> None:
    """What waits for the exit still runs, and what was printed is there."""
    code = (
        "import atexit, gc, runpy, sys\n"
        "atexit.register(lambda: print(gc.get_threshold()[0], gc.get_freeze_count() > 1000))\n"
        "sys.argv = ['certiscope', 'plan', '--help']\n"
        f"runpy.run_module({program!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"{memory._OBJECTS} True"


def test_nothing_is_printed_at_the_end_where_the_compiler_was_loaded() -> None:
    pytest.importorskip("triton")
    code = "import triton; from engine.system import memory; memory.leave_to_the_system()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout + done.stderr == ""


def test_collection_is_as_it_was_afterwards() -> None:
    before = gc.isenabled()  # off where tests of the window ran in this process
    try:
        for enabled in (True, False):
            (gc.enable if enabled else gc.disable)()
            with memory.without_collection():
                assert not gc.isenabled()
            assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
