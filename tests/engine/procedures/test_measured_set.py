"""Medians of a set: a row for each input, its widest interval, and what is said of them all."""

from __future__ import annotations

import csv
import json
import threading
from pathlib import Path

import pytest

from engine.cli import main
from engine.core.errors import StoppedEarly, UserError
from engine.core.outputs import OutputInterval
from engine.evidence.settings import Execution, MeasureSettings
from engine.procedures.measured_set import MeasuredRow, MeasuredSet, measure_set
from engine.schemes import Gaussian
from tests.engine.procedures.test_measure import TwoPixels, outputs
from tests.fakes import finish

CPU = Execution(device="cpu", batch=500)


def settings(**declared: object) -> MeasureSettings:
    given = {"epsilon": 0.1, "n": 2000, "seed": 3, **declared}
    return MeasureSettings(scheme=Gaussian(sigma=0.25), **given)  # type: ignore[arg-type]


def row(name: str, *widths: float | None) -> MeasuredRow:
    ends = [(None, 1.0) if width is None else (0.0, width) for width in widths]
    intervals = [OutputInterval(name="y", lower=low, upper=high) for low, high in ends]
    return MeasuredRow(input=name, n=10, complete=True, intervals=tuple(intervals))


def test_rows_are_those_of_runs_one_by_one() -> None:
    told: list[str] = []
    inner = outputs(TwoPixels())
    result = finish(
        measure_set(
            inner,
            ["digits:3", "digits:no", "digits:4"],
            settings(),
            execution=CPU,
            done=lambda spec, evidence: told.append(spec),
        )
    )
    assert told == ["digits:3", "digits:4"] == [one.input for one in result.rows]
    assert [one.input for one in result.unread] == ["digits:no"] and not result.complete
    alone = finish(measure_set(inner, ["digits:4"], settings(), execution=CPU))
    assert alone.rows[0] == result.rows[1] and alone.complete
    assert result.bounded == 2 and 0.2 < result.widths[0] <= result.widths[1] < 0.5
    assert "for 2 of 2 inputs" in result.statement and "at most 0.1" in result.statement


def test_shares_and_widths() -> None:
    found = MeasuredSet(
        model=outputs(TwoPixels()).identity,
        settings=settings(),
        rows=(row("a", 0.5, 2.0), row("b", 1.0), row("c", None, 1.0), row("d")),
        complete=True,
    )
    assert found.widths == pytest.approx((1.0, 2.0)) and found.bounded == 2
    assert [found.share(w) for w in (0.5, 1.001, 2.001)] == [0.0, 0.25, 0.5]
    assert "For half of these the widest interval is at most 2" in found.statement


def test_a_stop_keeps_what_was_measured_and_nothing_is_an_error() -> None:
    stop = threading.Event()
    running = measure_set(
        outputs(TwoPixels()),
        ["digits:3", "digits:4"],
        settings(),
        execution=CPU,
        stop=stop,
        done=lambda spec, evidence: stop.set(),
    )
    assert [one.input for one in finish(running).rows] == ["digits:3"]
    with pytest.raises(UserError, match="needs at least one input"):
        finish(measure_set(outputs(TwoPixels()), [], settings()))
    with pytest.raises(StoppedEarly, match="Stopped before the first input of the set"):
        finish(measure_set(outputs(TwoPixels()), ["digits:3"], settings(), stop=stop))


def test_the_command_writes_rows_curve_and_evidence(tmp_path: Path, capsys) -> None:
    words = "audit --model demo:diabetes --input diabetes --limit 3 --scheme gaussian-row"
    words += " --sigma 0.5 --epsilon 0.1 --n 2000 --seed 1 --device cpu"
    files = [f"--json {tmp_path}/m.json", f"--csv {tmp_path}/m.csv", f"--report {tmp_path}/m.svg"]
    assert main([*words.split(), *" ".join(files).split(), "--evidence", str(tmp_path / "e")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "for 3 of 3 inputs all outputs' medians" in said and "widest interval" in said
    found = json.loads((tmp_path / "m.json").read_text())
    assert len(found["rows"]) == 3 and found["complete"]
    with (tmp_path / "m.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert [line["output"] for line in lines] and float(lines[0]["at_least"]) < float(
        lines[0]["at_most"]
    )
    assert (tmp_path / "m.svg").read_text().startswith("<svg")
    assert len(list((tmp_path / "e").glob("*.json"))) == 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--case c.certiscope", "--case is for sets of votes"),
        ("--attack", "--attack is for sets of votes"),
        ("--radii 0.1", "--radii is for sets of votes"),
        ("--report r.html", "the curve of widths is drawn, as .svg, .png or .pdf"),
        ("--at radius=0.1", "--at means nothing beside --epsilon"),
        ("--csv nowhere/m.csv", "there is no folder nowhere"),
    ],
)
def test_what_medians_of_a_set_do_not_have(words: str, sentence: str, capsys) -> None:
    given = "audit --model demo:diabetes --input diabetes --scheme gaussian-row --epsilon 0.1"
    assert main([*given.split(), *words.split()]) == 2
    assert sentence in capsys.readouterr().err
