from __future__ import annotations

import dataclasses
import json

import pytest

from engine.core.errors import UserError
from engine.demos import recorded
from engine.demos.gallery import CASES, Recorded, case_of
from engine.evidence.evidence import Evidence


@pytest.fixture
def small(monkeypatch):
    """One quick case, and the page."""
    case = dataclasses.replace(
        case_of("digit"),
        picture="bounds",
        command=case_of("digit").command + " --n 500 --seed 3",
    )
    monkeypatch.setattr(recorded, "CASES", (case, case_of("lecture")))
    return case


@pytest.mark.thorough
def test_a_case_is_run_drawn_and_told(small, tmp_path) -> None:
    written = {path.name for path in recorded.record((), tmp_path)}
    assert written == {
        "digit.json",
        *(f"{key}-{ground}.png" for key in ("digit", "lecture") for ground in ("light", "dark")),
        "index.json",
    }
    evidence = Evidence.model_validate_json((tmp_path / "digit.json").read_bytes())
    assert evidence.estimation.n == 500
    index = json.loads((tmp_path / "index.json").read_text())
    told = recorded.told((tmp_path / "digit.json").read_bytes())
    assert Recorded.model_validate(index["digit"]) == told and told.votes == "n = 500"
    assert (tmp_path / "digit-dark.png").read_bytes().startswith(b"\x89PNG")


def test_only_the_named_cases_are_made(small, tmp_path) -> None:
    names = [path.name for path in recorded.record(["lecture"], tmp_path)]
    assert names == ["lecture-light.png", "lecture-dark.png", "index.json"]


def test_a_run_without_a_result_is_an_error(small) -> None:
    broken = dataclasses.replace(small, command=small.command.replace("digits:52", "digits:9999"))
    with pytest.raises(UserError, match=r"digits:9999 .* failed: certiscope: "):
        recorded.recorded(broken)


def test_exact_methods_say_what_they_did() -> None:
    said = {
        case.key: recorded.told(case.evidence.read_bytes()).votes for case in CASES if case.command
    }
    assert said["aircraft"] == "exact map, no votes"
    assert said["tumour"] == "computed, no alpha"
    assert said["ring"].endswith("anchors") and said["digit"] == "n = 100,000"
