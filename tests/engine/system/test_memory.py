from __future__ import annotations

import os
import subprocess
import sys

import pytest

from engine.system import memory

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
