"""Commands that are killed, or whose disk is full: started by test_faults.py as its own process.

``fault_worker.py ROOT full COMMAND:OUTPUT...`` and ``ROOT kill N``: torch is loaded once, every
command runs in a child of its own in ROOT, which is home, temporary folder and current folder at
once. Prints one JSON object a command.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

import engine.explain.illustrations
import engine.procedures.beginning
import engine.procedures.dataset
import engine.report.html
import engine.report.pdf  # noqa: F401  all that a child would load anew
from engine.cli import main

BEFORE = b"what was here before"
N = {"certify": 300, "predict": 300, "decide": 300, "audit": 60}
ENDINGS = {"--json": ".json", "--csv": ".csv", "--case": ".certiscope", "--evidence": ""}
SEED = 7


def words(command: str, n: int) -> list[str]:
    """A short run of a command."""
    found = [command, "--model", "demo:digits-0.25", "--sigma", "0.25", "--seed", str(SEED)]
    found += ["--batch", "64", "--alpha", "0.01"]
    if command == "decide":
        return [*found, "--input", "digits:52", "--radius", "9", "--phases", f"{n // 3},{n}"]
    found += ["--n", str(n)]
    if command == "audit":
        return [*found, "--n0", "20", "--input", "digits", "--limit", "6"]
    return [*found, "--input", "digits:52"]


def tell(**facts: object) -> None:
    """One line of what is printed."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def listing(root: Path) -> dict[str, str]:
    """Every file below ``root`` with the digest of its bytes."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def started(arguments: list[str], *, most: int | None = None) -> tuple[int, int]:
    """A child that runs the command line; its id, and the end of a pipe with all that it says."""
    said, say = os.pipe()
    pid = os.fork()
    if pid:
        os.close(say)
        return pid, said
    status = 99
    try:
        os.dup2(say, 1)
        os.dup2(say, 2)
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        status = main(arguments)
        sys.stdout.flush()
    finally:
        os._exit(status)


def ended(pid: int, said: int) -> tuple[int, str]:
    """Exit status, negative where a signal ended it, and what was said."""
    with os.fdopen(said, "rb") as pipe:
        text = pipe.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), text


def full(root: Path, command: str, output: str) -> None:
    """The disk is full at one of the command's outputs, at its first byte or some way into it."""
    flag, _, ending = output.partition(" ")
    for most in (0, 30) if "csv" in output else (0, 3000):
        target = root / f"out{ending or ENDINGS[flag]}"
        kept = flag in ("--json", "--csv", "--report")
        if kept:
            target.write_bytes(BEFORE)
        before = listing(root)
        status, said = ended(*started([*words(command, N[command]), flag, str(target)], most=most))
        after = listing(root)
        changed = [name for name in after if after[name] != before.get(name)]
        gone = [name for name in before if name not in after]
        facts = {"command": command, "output": output, "most": most, "status": status}
        tell(**facts, said=said, changed=changed, gone=gone)
        if target.is_dir():
            shutil.rmtree(target)
        target.unlink(missing_ok=True)


def rows(root: Path) -> Any:
    """What an audit found, without clock and machine."""
    return json.loads((root / "set.json").read_text())["rows"]


def kill(root: Path, kills: int) -> None:
    """Audits that are killed at random moments: what they left is whole, and they run again."""
    arguments = [*words("audit", 400), "--json", str(root / "set.json"), "--quiet"]
    arguments += ["--evidence", str(root / "each")]
    began = time.perf_counter()
    assert ended(*started(arguments))[0] == 0
    seconds, whole = time.perf_counter() - began, rows(root)
    whole_listing = listing(root)
    moments, found = random.Random(SEED), 0
    while found < kills:
        (root / "set.json").unlink(missing_ok=True)
        shutil.rmtree(root / "each", ignore_errors=True)
        pid, said = started(arguments)
        time.sleep(moments.uniform(0, seconds))
        os.kill(pid, signal.SIGKILL)
        status, _ = ended(pid, said)
        if status != -signal.SIGKILL:
            seconds *= 0.9
            continue
        found += 1
        left = sorted((root / "each").glob("*.json")) if (root / "each").exists() else []
        for path in left:
            json.loads(path.read_text())  # whole or not there
        status, text = ended(*started(arguments))
        strange = [
            name
            for name in listing(root)  # a kill may leave what was half written beside its target
            if name not in whole_listing and not Path(name).name.startswith(".")
        ]
        facts = {"left": len(left), "status": status, "said": text, "strange": strange}
        tell(**facts, same=rows(root) == whole)


if __name__ == "__main__":
    folder, what, *rest = sys.argv[1:]
    if what == "full":
        for each in rest:
            full(Path(folder), *each.split(":"))
    else:
        kill(Path(folder), int(rest[0]))
