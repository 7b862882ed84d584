"""The window's own costs: first paint, talk mode and theme, its event loop, overhead of a run.

Each measurement is a process of its own, ``bench.child``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from safetensors.torch import save_file

from bench.subjects import SUBJECTS
from engine.system.threads import NICENESS

_PICTURES: dict[str, tuple[str, str, int, dict[str, Any]]] = {
    "ring": (
        "demo:digits-rotation",
        "digits16:17",
        250_000,
        {"key": "rotation", "sigma": 0.25, "degrees": 60.0},
    ),
    "map": (
        "demo:digits-light",
        "digits:52",
        1_000_000,
        {"key": "contrast-brightness", "sigma_k": 0.3, "sigma_b": 0.3},
    ),
}
"""Regions in parameters: model, input, n and scheme of a run that draws each.

All runs take ten seconds or so: the first moments of a run, in which plots come in sight and are
laid out, are the heaviest, and few runs are that short.
"""
_FEW = 1_000
"""Votes of a run that is all start: what it takes is no part of a vote's processor time."""
Case = tuple[str, str, str, int]
"""Title, model, input, n."""


def measure(*, rounds: int) -> dict[str, Any]:
    """Everything about the window, as numbers for a table."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [_run_case(case, rounds) for case in _cases(Path(folder))]
    found = {"first_paint_seconds": first_paint(rounds), "switch_ms": switches(rounds)}
    return {**found, "runs": runs, "pictures_ms": pictures(rounds)}


def first_paint(rounds: int) -> dict[str, float]:
    """Seconds from the command to the first paint; the first start, with cold caches, apart.

    In turns with a bare window of Qt and pyqtgraph: on a busy machine the ratio of both processor
    times says more than the clock.
    """
    shown, bare = [], []
    for _ in range(rounds + 1):
        shown.append(child("paint", repr(time.time())))
        bare.append(child("bare", repr(time.time())))
    seconds = [start["seconds"] for start in shown]
    return {
        "first": seconds[0],
        "median": statistics.median(seconds[1:]),
        "most": max(seconds[1:]),
        "bare": statistics.median(start["seconds"] for start in bare[1:]),
        "work": statistics.median(start["work"] for start in shown[1:]),
        "ratio": statistics.median(
            mine["work"] / least["work"] for mine, least in zip(shown[1:], bare[1:], strict=True)
        ),
    }


def switches(rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds until talk mode, and another theme, stand after a run of a shipped digit."""
    runs = [child("switch", "demo:digits-0.25", "digits:52") for _ in range(rounds)]
    taken = {name: [one for run in runs for one in run[name]] for name in ("talk", "end", "theme")}
    return {
        name: {"median": statistics.median(found), "most": max(found)}
        for name, found in taken.items()
    }


def pictures(rounds: int) -> dict[str, dict[str, float]]:
    """While the ring and the map of two parameters grow: the event loop's lateness, in ms.

    And how often a second the region is drawn, ``hertz``.
    """
    found = {}
    for title, (model, source, n, scheme) in _PICTURES.items():
        found[title] = _lateness(model, source, str(n), json.dumps(scheme), rounds=rounds)
    return found


def _lateness(*run: str, rounds: int) -> dict[str, float]:
    """Milliseconds by which the event loop is late in a run, and how often its region is drawn."""
    runs = [child("late", *run) for _ in range(rounds)]
    found = {
        name: statistics.median(one["lateness"][name] for one in runs)
        for name in ("median", "p99", "worst")
    }
    return {**found, "hertz": statistics.median(one["hertz"] for one in runs)}


def _cases(folder: Path) -> list[Case]:
    subject = SUBJECTS[1]
    network, shape = subject.network()
    model, image = folder / "resnet20.safetensors", folder / "image.png"
    save_file(network.state_dict(), model)
    pixels = (subject.input() * 255).to(torch.uint8).permute(1, 2, 0).numpy()
    Image.fromarray(pixels).save(image)
    assert shape[0] == pixels.shape[2]
    return [
        ("digits CNN", "demo:digits-0.25", "digits:52", 2_000_000),
        (subject.title, str(model), str(image), 30_000),
    ]


def _run_case(case: Case, rounds: int) -> dict[str, Any]:
    """Runs in a window and, before and after each, on the command line with all threads.

    A machine whose speed drifts, as a rented one's does, is thus as fast for one as for the other.

    Both stand behind other programs alike: the window's engine does of its own accord, and on a
    busy machine a command line that did not would be compared with how busy that is. By the clock
    the two can be compared on a quiet machine alone, for what the window draws is drawn so often a
    second however few votes are counted in it; processor time a vote, and the share of a core
    that the window's own thread takes, tell on a busy one too. How late its event loop is other
    runs tell, for to look takes time.
    """
    title, model, source, n = case
    shown, plain, worked = [], [], []
    began = child("run", model, source, str(_FEW))["engine"], _command_line(model, source, _FEW)[1]
    for _ in range(rounds):
        before = _command_line(model, source, n)
        shown.append(child("run", model, source, str(n)))
        rate, whole = map(
            statistics.mean, zip(before, _command_line(model, source, n), strict=True)
        )
        plain.append(rate)
        worked.append([shown[-1]["engine"] - began[0], whole - began[1]])
    window_us, plain_us = (
        1e6 * statistics.median(seconds) / (n - _FEW) for seconds in zip(*worked, strict=True)
    )
    ratios = [theirs / mine["rate"] for theirs, mine in zip(plain, shown, strict=True)]
    return {
        "subject": title,
        "threads": shown[0]["threads"],
        "lateness_ms": _lateness(model, source, str(n), rounds=rounds),
        "hertz": statistics.median(run["hertz"] for run in shown),
        "engine_us": window_us,
        "command_line_us": plain_us,
        "interface": statistics.median(run["interface"] for run in shown),
        "window_per_second": statistics.median(run["rate"] for run in shown),
        "command_line_per_second": statistics.median(plain),
        "overhead": {
            "median": statistics.median(ratios) - 1,
            "least": min(ratios) - 1,
            "most": max(ratios) - 1,
        },
    }


def _command_line(model: str, source: str, n: int) -> tuple[float, float]:
    """Votes a second, and the seconds of processor time that all of it took."""
    words = ["certify", "--model", model, "--input", source, "--n", str(n), "--json", "-"]
    behind = ["nice", "-n", str(NICENESS)] if sys.platform == "linux" else []
    before = _children()
    done = subprocess.run(
        [*behind, sys.executable, "-m", "engine", *words, "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 3):
        raise SystemExit(done.stderr)
    rate: float = json.loads(done.stdout)["performance"]["samples_per_second"]
    return rate, _children() - before


def _children() -> float:
    """Seconds of processor time of all processes that were started and have ended."""
    used = os.times()
    return used.children_user + used.children_system


def child(*words: str) -> dict[str, Any]:
    """What a window in a process of its own measured of itself."""
    if not os.environ.get("DISPLAY"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # What Python compiled at the first start is there at the next, as for everybody.
    kept = {key: one for key, one in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "bench.child", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=kept)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
