from __future__ import annotations

import json
from pathlib import Path

from engine.evidence.evidence import Evidence
from engine.report.json import evidence_json, write_json
from tests.factories import make_evidence, make_input, make_predicted


def test_reads_back_to_the_same_evidence_with_full_precision(tmp_path: Path) -> None:
    for evidence in (make_evidence(), make_predicted()):
        path = tmp_path / "run.json"
        write_json(evidence, path)
        assert Evidence.model_validate_json(path.read_bytes()) == evidence
        assert path.read_bytes() == evidence_json(evidence).encode()


def test_holds_the_promised_keys() -> None:
    tree = json.loads(evidence_json(make_evidence(certified_at={"radius=0.25": True})))
    assert next(iter(tree)) == "schema_version"
    assert tree["outcome"] == "certified"
    assert tree["predicted_class"] == 7
    assert tree["radius"] == tree["region"]["radius"]
    assert tree["certified_at"] == {"radius=0.25": True}
    assert sum(tree["observations"]["selection"]) == 100
    assert sum(tree["observations"]["estimation"]) == 100_000
    assert tree["bounds"]["method"] == "live"
    assert tree["settings"]["scheme"] == {"key": "gaussian", "sigma": 0.25}
    assert tree["model"]["sha256"]
    assert tree["performance"]["samples_per_second"] == 98_000.0
    assert tree["software"]["torch"]


def test_text_is_utf8_and_ends_in_a_newline() -> None:
    text = evidence_json(make_evidence(input=make_input(name="数字 7")))
    assert "数字 7" in text
    assert text.endswith("}\n")
