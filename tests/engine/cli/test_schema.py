from __future__ import annotations

import json

import pytest

from engine.cli import main
from engine.evidence.json_schema import evidence_schema, schemes_schema


def test_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == evidence_schema()
    assert main(["schema", "--schemes"]) == 0
    assert json.loads(capsys.readouterr().out) == schemes_schema()
