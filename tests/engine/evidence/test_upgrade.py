"""Files of schema 1.0 are read and verified as what 1.0 wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, ExactSettings
from engine.evidence.upgrade import (
    as_said_then,
    evidence_from,
    evidence_from_text,
    seal_of,
    upgraded_settings,
)
from engine.report.json import evidence_json
from engine.schemes import TextUniform
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from engine.verify.reading import read_evidence
from tests.factories import make_evidence

OLD = Path(__file__).parents[2] / "golden" / "evidence-1.0"
FILES = sorted(OLD.glob("*.json"))


def verdicts(text: str) -> dict[str, str]:
    stated = read_evidence(text.encode(), Path("old.json"))
    claims = list(stated.claims)
    if stated.evidence is not None:
        claims += check_counts(recount_of(stated.evidence))
    return {claim.name: f"{claim.verdict} {claim.detail}" for claim in claims}


def failing(text: str) -> dict[str, str]:
    return {name: told for name, told in verdicts(text).items() if not told.startswith("holds")}


def test_every_old_file_holds_with_its_seal_and_spelling() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert failing(text) == {}, path.name
        assert {"seal", "text as written", "statement"} <= set(verdicts(text)), path.name
        assert read_evidence(text.encode(), path).claims[0].detail == "evidence 1.0"


def test_what_is_written_again_is_of_this_schema_and_holds_too() -> None:
    for path in FILES:
        found = evidence_from_text(path.read_text(encoding="utf-8"))
        assert found.upgraded_from == "1.0"
        again = evidence_json(found)
        assert json.loads(again)["schema_version"] == "2.0"
        assert Evidence.model_validate_json(again) == found
        assert failing(again) == {}, path.name


def test_old_words_hold_in_old_files_alone() -> None:
    tree = json.loads((OLD / "gaussian.json").read_text(encoding="utf-8"))
    assert tree["statement"].endswith("changes the answer '7'.")
    for version, statement in (
        ("1.0", tree["statement"].replace("answer", "prediction")),  # nobody wrote that then
        ("1.0", tree["statement"].replace("0.437", "0.439")),
        (None, tree["statement"]),
    ):
        forged = {**tree, "statement": statement}
        found = evidence_from(forged).model_copy(update={"upgraded_from": version})
        assert "statement" in failing(evidence_json(found)), (version, statement)


def test_words_of_a_threshold_are_those_of_the_schema() -> None:
    now = "changes the smoothed model's prediction '7' below tau = {}."
    for tau, said in (
        (0.25, "changes the answer '7' below tau = 0.25."),
        (1 / 3, "changes the answer '7' below tau = 0.333333."),
        # rounded up it was more than what is certified, and nobody repeats that
        (0.123456789, "changes the answer '7' below tau = 0.123456789."),
    ):
        settings = CertifySettings(scheme=TextUniform(tau=tau))
        today = make_evidence().model_copy(update={"settings": settings})
        assert as_said_then(now.format(tau), today) == now.format(tau)
        before = today.model_copy(update={"upgraded_from": "1.0"})
        assert as_said_then(now.format(tau), before) == said


@pytest.mark.parametrize("name", ["gaussian", "dssn-l1", "decide", "predict"])
def test_a_changed_value_breaks_the_seal_and_most_break_more(name: str) -> None:
    tree = json.loads((OLD / f"{name}.json").read_text(encoding="utf-8"))
    for change in (
        {"settings": {**tree["settings"], "seed": 9}},
        {"votes": {**tree["votes"], "estimation": tree["votes"]["estimation"][::-1]}},
        {"model": {**tree["model"], "sha256": "0" * 64}},
    ):
        forged = {**tree, **change}
        assert "seal" in failing(json.dumps(forged, indent=2))
        forged["seal"] = seal_of(forged)
        wrong = failing(json.dumps(forged, indent=2))
        assert set(wrong) - {"text as written"}, (name, list(change))


def test_an_exact_run_keeps_what_its_chain_is_over() -> None:
    tree = json.loads((OLD / "dssn-l1.json").read_text(encoding="utf-8"))
    plain = evidence_from(tree).settings
    assert isinstance(plain, ExactSettings) and plain.former is None
    old = {**tree["settings"], "alpha": 0.01, "seed": 5}
    kept = ExactSettings.model_validate(upgraded_settings(old, "certify"))
    assert kept.former is not None and (kept.former.alpha, kept.former.seed) == (0.01, 5)


def test_the_strength_of_the_noise_is_that_of_the_scheme() -> None:
    tree = json.loads((OLD / "hybrid.json").read_text(encoding="utf-8"))
    found = evidence_from(tree)
    (level,) = found.noise.levels
    assert (level.law, level.value, level.unit) == (
        "Gaussian",
        0.5,
        "standard deviations of their columns",
    )
    weaker = found.noise.model_copy(update={"levels": (replace(level, value=0.25),)})
    claim = verdicts(evidence_json(found.model_copy(update={"noise": weaker})))
    assert claim["noise key and generator"].startswith("does not hold")


def test_a_radius_to_stop_at_becomes_a_target() -> None:
    tree = json.loads((OLD / "gaussian.json").read_text(encoding="utf-8"))
    old = {**tree["settings"], "target_radius": 0.5}
    assert upgraded_settings(old, "certify")["target"] == "radius=0.5"


def test_the_seal_covers_exactly_the_fields_that_a_file_has() -> None:
    """Evidence that was exported before a field was added is whole without it."""
    tree: dict[str, Any] = json.loads(
        evidence_json(
            evidence_from(json.loads((OLD / "gaussian.json").read_text(encoding="utf-8")))
        )
    )
    del tree["runs_counted"]
    assert "seal" in failing(json.dumps(tree, indent=2))
    tree["seal"] = seal_of(tree)
    assert failing(json.dumps(tree, indent=2, ensure_ascii=False) + "\n") == {}


@pytest.mark.parametrize("settings", [None, [], {}, {"scheme": {"key": "none"}}, {"scheme": 1}])
def test_what_has_no_form_is_refused(settings: Any) -> None:
    tree = json.loads((OLD / "gaussian.json").read_text(encoding="utf-8"))
    with pytest.raises((ValueError, KeyError, UserError)):
        evidence_from({**tree, "settings": settings})


def test_a_file_of_schema_1_holds_nothing_that_1_would_not_have_written() -> None:
    """Values that the newer record leaves out are read by people all the same."""
    for name, changes in (
        ("gaussian", {"certified for": "all images"}),
        ("gaussian", {"bound": "enumeration"}),
        ("gaussian", {"batch": -1}),
        ("dssn-l1", {"n": 10**9}),
        ("dssn-l1", {"bound": "live"}),
        ("predict", {"n0": "many"}),
        ("predict", {"bound": "certain"}),
        ("decide", {"bound": "live"}),
    ):
        tree = json.loads((OLD / f"{name}.json").read_text(encoding="utf-8"))
        forged = {**tree, "settings": {**tree["settings"], **changes}}
        forged["seal"] = seal_of(forged)
        assert "form" in failing(json.dumps(forged, indent=2)), (name, changes)
    tree = json.loads((OLD / "generative.json").read_text(encoding="utf-8"))
    tree["model"]["generation"]["oracle"]["class_names"][0] = "another"
    assert "form" in failing(json.dumps(tree, indent=2))


def test_evidence_of_this_schema_is_not_taken_for_older() -> None:
    for path in FILES:
        again = json.loads(evidence_json(evidence_from_text(path.read_text(encoding="utf-8"))))
        forged = {**again, "schema_version": "1.0"}
        assert "form" in failing(json.dumps(forged, indent=2)), path.name
    tree = json.loads((OLD / "gaussian.json").read_text(encoding="utf-8"))
    for newer in (
        {"execution": {}},
        {"facts": {"bound": 1.0}},
        {"noise": {**tree["noise"], "levels": []}},
        {"model": {**tree["model"], "parts": []}},
    ):
        assert "schema 1.0 has no" in failing(json.dumps({**tree, **newer}, indent=2))["form"]
