"""The catalogue and the doctor as text."""

from __future__ import annotations

import json

import pytest

from engine.cli import main
from engine.core.fields import field_specs
from engine.evidence.json_schema import evidence_schema, schemes_schema
from engine.schemes import SCHEMES
from engine.system import doctor
from engine.system.doctor import Finding


def test_schemes_come_with_parameters_terms_and_source(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["schemes"]) == 0
    text = capsys.readouterr().out
    for scheme in SCHEMES:
        for part in (scheme.key, scheme.attacker, scheme.citation, *scheme.terms):
            assert part in text
        for spec in field_specs(scheme):
            assert spec.flag in text
    assert "pixels in [0,1]" in text
    assert "to show and check, images; default 1000" in text  # of an exact map: they cast no votes


@pytest.mark.thorough
def test_one_scheme_is_shown_in_full(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    for scheme in SCHEMES:
        assert main(["schemes", scheme.key]) == 0
        text = capsys.readouterr().out
        for part in (scheme.attacker, scheme().noise_in_words(), scheme.citation, *scheme.limits):
            assert part in text
        assert ("decide" in text.split("commands")[1].split("guarantee")[0]) is (
            scheme().counted is None and not scheme.sweeps
        )
    assert main(["schemes", "gaussian", "--json", "-"]) == 0
    assert [one["key"] for one in json.loads(capsys.readouterr().out)] == ["gaussian"]
    assert main(["schemes", "gausian"]) == 2
    shown = capsys.readouterr().err
    assert "There is no scheme 'gausian'; there are: gaussian" in shown
    assert "Did you mean 'gaussian'?" in shown


@pytest.mark.parametrize(("level", "status"), [("ok", 0), ("note", 0), ("bad", 1)])
def test_doctor_fails_only_on_what_will_fail(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, level: str, status: int
) -> None:
    finding = Finding("Qt libraries", "missing: libegl1", level, "apt-get install -y libegl1")  # type: ignore[arg-type]
    monkeypatch.setattr(doctor, "examine", lambda: iter([finding]))
    assert main(["doctor"]) == status
    assert "Qt libraries: apt-get install -y libegl1" in capsys.readouterr().out


def test_lists_as_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["schemes", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["key"] for each in found] == [scheme.key for scheme in SCHEMES]
    assert found[0]["parameters"][0]["flag"] == "--sigma" and "radius" in found[0]["terms"]
    finding = Finding("Qt libraries", "missing: libegl1", "bad", "apt-get install -y libegl1")
    monkeypatch.setattr(doctor, "examine", lambda: iter([finding]))
    assert main(["doctor", "--json", "-"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["advice"] == "apt-get install -y libegl1"


def test_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == evidence_schema()
    assert main(["schema", "--schemes"]) == 0
    assert json.loads(capsys.readouterr().out) == schemes_schema()
