"""Fields that every program of a schema writes, taken out together and one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.evidence.evidence import Evidence
from engine.evidence.settings import ExactSettings, PredictSettings
from engine.evidence.upgrade import evidence_from_text
from engine.report.json import evidence_json
from engine.schemes import DssnL1, Gaussian
from engine.verify import Plan, verify
from engine.verify.age import check_age, unrecorded

OLD = Path(__file__).parents[2] / "golden" / "evidence-1.0"
BARE = "evidence of schema 2.0 records "


def without(evidence: Evidence, *fields: str) -> Evidence:
    """The evidence with some of its records taken out."""
    changes: dict[str, Any] = {}
    if "seed_origin" in fields:
        unknown = {"seed_origin": "not recorded"}
        changes["settings"] = evidence.settings.model_copy(update=unknown)
    if "fitting" in fields:
        changes["input"] = evidence.input.model_copy(update={"fitting": None})
    if "function_check" in fields:
        changes["function_check"] = None
    return evidence.model_copy(update=changes)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        (("fitting",), "how its input was fitted"),
        (("seed_origin",), "where its seed is from"),
        (("function_check",), "that its model was asked again"),
        (
            ("fitting", "seed_origin", "function_check"),
            "how its input was fitted and where its seed is from and that its model was asked "
            "again",
        ),
    ],
)
def test_nothing_that_this_schema_records_is_left_out(
    certified: Evidence, tmp_path: Path, fields: tuple[str, ...], wrong: str
) -> None:
    assert check_age(certified) == []
    path = tmp_path / "run.json"
    path.write_text(evidence_json(without(certified, *fields)))
    report = verify(path, Plan(counts_only=True))
    found = next(claim for claim in report.claims if claim.name == "age of the record")
    assert (found.verdict, found.detail) == ("does not hold", f"{BARE}{wrong}, and this does not")
    assert "checks failed" in report.headline()


def test_predict_keeps_its_chain_and_an_exact_run_has_no_seed(certified: Evidence) -> None:
    predicted = PredictSettings(scheme=Gaussian(sigma=0.25), seed=1, seed_origin="given")
    bare = certified.model_copy(update={"settings": predicted, "chain": None})
    assert check_age(bare) == [f"{BARE}the chain of its votes, and this does not"]
    exact = ExactSettings(scheme=DssnL1(lam=0.1))
    assert check_age(certified.model_copy(update={"settings": exact})) == []


def test_a_file_of_schema_1_0_holds_and_is_said_not_to_record_them() -> None:
    for name, said in (
        ("gaussian", "how its input was fitted, where its seed is from, nor that its model"),
        ("dssn-l1", "neither how its input was fitted, nor that its model was asked again"),
        ("predict", "the chain of its votes, nor that its model was asked again"),
    ):
        path = OLD / f"{name}.json"
        report = verify(path, Plan(counts_only=True))
        assert report.headline() == "Arithmetic holds; votes not re-drawn"
        (note,) = [note for note in report.notes if note.startswith("A file of schema 1.0")]
        assert said in note
        assert unrecorded(evidence_from_text(path.read_text(encoding="utf-8"))) == note


def test_what_was_recorded_later_is_in_no_file_of_schema_1_0(certified: Evidence) -> None:
    for gone in (("fitting", "seed_origin"), ("fitting", "function_check"), ()):
        older = without(certified, *gone).model_copy(update={"upgraded_from": "1.0"})
        (wrong,) = check_age(older)
        assert wrong.startswith("no file of schema 1.0 records ")
    assert unrecorded(certified) == ""
