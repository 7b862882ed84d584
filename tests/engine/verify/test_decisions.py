from __future__ import annotations

import json
from typing import Any

import pytest

from engine.evidence.evidence import Evidence
from engine.evidence.settings import DecideSettings
from engine.procedures.adaptive import decide
from engine.report.json import evidence_json
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted


def decision(target: str, **changes: Any) -> Evidence:
    settings = DecideSettings(**{"n": 2000, "target": target, **changes})
    return finish(decide(HalfSpace(0.3, 3), fitted(), settings))


def wrong(evidence: Evidence) -> list[str]:
    claims = check_counts(recount_of(evidence))
    return [claim.name for claim in claims if claim.verdict == "does not hold"]


@pytest.mark.parametrize("noise", ["float", "exact"])
@pytest.mark.parametrize("target", ["radius=0.05", "radius=0.27", "radius=2"])
def test_honest_decisions_hold(target: str, noise: str) -> None:
    assert wrong(decision(target, noise=noise)) == []


@pytest.mark.parametrize(
    "path",
    [
        ("decision", "target"),
        ("decision", "beta"),
        ("decision", "plan", 0),
        ("decision", "samples_used"),
        ("decision", "samples_full"),
        ("decision", "phases", 0, "estimation", 0),
        ("decision", "phases", 0, "selection", 0),
        ("decision", "phases", 0, "p_lower"),
        ("decision", "phases", 0, "guess"),
        ("observations", "estimation", 0),
        ("bounds", "p_lower"),
        ("radius",),
        ("chain", "block"),
        ("chain", "blocks", 0, "n"),
        ("settings", "n0"),
        ("settings", "target"),
        ("settings", "beta"),
    ],
    ids=str,
)
def test_a_changed_number_is_caught(path: tuple[Any, ...]) -> None:
    raw = json.loads(evidence_json(decision("radius=0.05")))
    place = raw
    for step in path[:-1]:
        place = place[step]
    value = place[path[-1]]
    place[path[-1]] = (
        "radius=0.06"
        if isinstance(value, str)
        else (value + 1 if isinstance(value, int) else value * 0.9)
    )
    assert wrong(Evidence.model_validate(raw))


def test_a_stopped_decision_decides_nothing() -> None:
    import threading

    stop = threading.Event()
    stop.set()
    settings = DecideSettings(n=2000, target="radius=0.1")
    found = finish(decide(HalfSpace(0.3), fitted(), settings, stop=stop))
    assert found.outcome == "abstained"
    assert wrong(found) == []
