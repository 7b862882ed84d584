"""``python -m bench``: every measurement in one run, as a table and as JSON."""

from __future__ import annotations

import argparse
import json
import platform
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from bench import audit, function_check, memory, noise, playground, replay, rotation, window
from bench.samplers import Ratio, as_rows, compare
from bench.subjects import SUBJECTS
from engine.system.device import device_name, resolve

PARTS = (
    *("samplers", "noise", "check", "audit", "rows", "window", "stage", "memory", "replay"),
    "rotation",
)


def main() -> None:
    """Measure what is asked for, print it, write it."""
    options = _options()
    device = resolve(options.device)
    console = Console(soft_wrap=True)
    threads = torch.get_num_threads()
    console.print(f"{device_name(device)}, {threads} threads, {options.rounds} rounds")
    found: dict[str, Any] = {
        "machine": {
            "processor": device_name(device),
            "threads": threads,
            "python": platform.python_version(),
            "torch": str(torch.__version__),
        }
    }
    if "samplers" in options.parts:
        found["samplers"] = as_rows(_samplers(options, device, console))
    if "noise" in options.parts:
        costs = noise.measure(
            tuple(options.precisions), device, rounds=options.rounds, seconds=options.seconds
        )
        noise.show(costs, console)
        found["noise"] = noise.as_rows(costs)
    if "check" in options.parts:
        checks = function_check.measure(
            tuple(options.precisions), options.device, rounds=options.rounds
        )
        function_check.show(checks, console)
        found["check"] = [asdict(cost) for cost in checks]
    if "audit" in options.parts:
        precisions = tuple(options.precisions)
        found["audit"] = audit.measure(precisions, options.device, rounds=options.rounds)
        audit.show(found["audit"], console)
    if "rows" in options.parts:
        found["audit_memory_mib"] = audit.memory()
        audit.show_memory(found["audit_memory_mib"], console)
    if "window" in options.parts:
        found["window"] = window.measure(rounds=options.rounds)
        _show_window(found["window"], console)
    _measure_rest(options, console, found)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(found, indent=2) + "\n")
    console.print(f"Written to {options.out}.")


def _measure_rest(options: argparse.Namespace, console: Console, found: dict[str, Any]) -> None:
    """The stage, memory, rotations and replays."""
    if "stage" in options.parts:
        found["stage"] = playground.measure(rounds=options.rounds)
        playground.show(found["stage"], console)
    if "memory" in options.parts:
        found["memory_mib"] = memory.measure()
        _show_memory(found["memory_mib"], console)
    if "rotation" in options.parts:
        costs = rotation.measure()
        rotation.show(costs, console)
        found["rotation"] = rotation.as_rows(costs)
    if "replay" in options.parts:
        found["replay"] = replay.measure()
        for cost in found["replay"]:
            console.print(
                f"Replay of {cost['rows']:,} rows, {cost['bound']}: {cost['seconds']:.1f} s, "
                f"at most {cost['peak_mib']:,.0f} MiB"
            )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--out", type=Path, default=Path("out/bench.json"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precisions", nargs="+", default=["fp32", "bf16"])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    return parser.parse_args()


def _samplers(options: argparse.Namespace, device: torch.device, console: Console) -> list[Ratio]:
    warnings.filterwarnings("ignore", module="art")
    found: list[Ratio] = []
    for subject in SUBJECTS:
        console.print(f"timing {subject.title} ...", style="dim")
        found += compare(
            subject,
            tuple(options.precisions),
            device,
            rounds=options.rounds,
            seconds=options.seconds,
        )
    table = Table(title="How many times faster Certiscope samples, model and input the same")
    for heading in ("network", "ours", "against", "ours/s", "theirs/s", "median", "min", "max"):
        table.add_column(heading, justify="left" if heading in ("network", "against") else "right")
    for ratio in found:
        table.add_row(
            ratio.subject,
            ratio.precision,
            ratio.other,
            f"{ratio.ours_per_second:,.0f}",
            f"{ratio.other_per_second:,.0f}",
            *(f"{value:.2f}x" for value in (ratio.median, ratio.least, ratio.most)),
        )
    console.print(table)
    return found


def _show_window(found: dict[str, Any], console: Console) -> None:
    paint = found["first_paint_seconds"]
    console.print(
        f"First paint after {paint['median']:.2f} s (at most {paint['most']:.2f} s; "
        f"very first start {paint['first']:.2f} s), with {paint['work']:.2f} s of processor time, "
        f"{paint['ratio']:.2f} times what an empty plot in a bare window takes, which is there "
        f"after {paint['bare']:.2f} s"
    )
    console.print(
        "; ".join(
            f"{title} after {found['switch_ms'][name]['median']:.0f} ms "
            f"(at most {found['switch_ms'][name]['most']:.0f} ms)"
            for name, title in (
                ("talk", "Talk mode"),
                ("end", "The usual window after it"),
                ("theme", "Another theme"),
            )
        )
    )
    for title, late in found["pictures_ms"].items():
        console.print(
            f"While the {title} grows the event loop is late by {late['median']:.1f} ms (median), "
            f"{late['p99']:.1f} ms (99th percentile), {late['worst']:.1f} ms (worst); it is drawn "
            f"{late['hertz']:.1f} times a second"
        )
    for run in found["runs"]:
        late, over = run["lateness_ms"], run["overhead"]
        console.print(
            f"{run['subject']}: event loop late by {late['median']:.1f} ms (median), "
            f"{late['p99']:.1f} ms (99th percentile), {late['worst']:.1f} ms (worst); the region "
            f"is drawn {run['hertz']:.1f} times a second"
        )
        console.print(
            f"    {run['window_per_second']:,.0f} samples/s in the window, "
            f"{run['command_line_per_second']:,.0f} on the command line with all threads "
            f"({run['threads']} in the window): overhead {100 * over['median']:+.1f} % "
            f"({100 * over['least']:+.1f} to {100 * over['most']:+.1f} %)"
        )
        console.print(
            f"    processor time of a vote: {run['engine_us']:,.1f} us in the window, "
            f"{run['command_line_us']:,.1f} us on the command line; the window's own thread takes "
            f"{100 * run['interface']:.1f} % of a core"
        )


def _show_memory(found: dict[str, float], console: Console) -> None:
    console.print(
        "Peak memory: " + ", ".join(f"{value:,.0f} MiB for {n}" for n, value in found.items())
    )


if __name__ == "__main__":
    main()
