"""A result in a program, in a notebook, in files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.api import Smoothed, smooth, verify
from engine.core.errors import UserError
from engine.explain import illustrations
from engine.figures.images import Illustrations
from engine.schemes import Gaussian
from tests.networks import Linear

X = torch.full((1, 8, 8), 0.5)


def test_it_says_what_its_evidence_says(model: Smoothed) -> None:
    result = model.certify(X, n=2_000, at=["radius=0.01"]).result()
    evidence = result.evidence
    assert not result.abstained and result.region == evidence.region
    assert result.predicted_class == evidence.predicted_class
    assert result.class_name == evidence.class_name and result.statement == evidence.statement
    assert result.radius is not None and evidence.bounds is not None
    assert result.p_lower == evidence.bounds.p_lower
    assert result.certifies(radius=result.radius * 0.99)
    assert not result.certifies(radius=result.radius)
    assert evidence.certified_at == {"radius=0.01": True}
    with pytest.raises(UserError, match="knows the terms radius"):
        result.certifies(pixels=1)
    assert repr(result) == f"<Result: {result.statement}>"


def test_what_is_certified_of_an_image_before_it_was_resized(model: Smoothed) -> None:
    own = model.certify(X, n=500).result()
    assert own.file_region == own.region
    shaped = smooth(Linear(), Gaussian(sigma=0.25), input_shape=(1, 8, 8), device="cpu")
    result = shaped.certify(torch.full((1, 4, 4), 0.5), n=500).result()
    assert result.radius is not None and result.file_region is not None
    assert 0 < result.file_region.certified_radius < result.radius / 2
    assert "In the given array's own pixels, no change of this given array" in result.statement


def test_a_notebook_shows_the_statement_its_warnings_and_figures(model: Smoothed) -> None:
    whole = (X * 255).to(torch.uint8)
    result = model.certify(whole, n=500).result()
    shown = result._repr_html_()
    assert result.statement.split("'")[0] in shown and shown.count("<svg") == 2
    assert "8-bit values were divided by 255" in result.warnings
    assert "8-bit values were divided by 255" in shown
    assert "8-bit values were divided by 255" in result.evidence.input.notes
    for kind in ("votes", "bounds"):
        assert result.plot(kind).svg().startswith("<svg")
    for kind in ("region", "pie"):
        with pytest.raises(UserError):
            result.plot(kind)


def test_it_is_saved_as_evidence_that_verifies_but_for_what_lived_in_memory(
    model: Smoothed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(illustrations, "illustrate", lambda *_: Illustrations())
    result = model.certify(X, n=500).result()
    for ending in ("json", "pdf", "html", "csv", "svg", "png"):
        assert result.save(tmp_path / f"r.{ending}").stat().st_size
    with pytest.raises(UserError, match="its ending must be one of"):
        result.save(tmp_path / "r.txt")
    model_part = json.loads((tmp_path / "r.json").read_text())["model"]
    assert [part["role"] for part in model_part["parts"]] == ["weights", "source"]
    for name in ("r.json", "r.pdf"):
        assert verify(tmp_path / name, counts_only=True).ok
        report = verify(tmp_path / name, rerun=1)
        open_ = [claim for claim in report.claims if claim.verdict != "holds"]
        assert [claim.name for claim in open_] == ["model file", "input file", "votes drawn again"]
        assert all(claim.verdict == "cannot be checked" for claim in open_)
        assert "the module lived in memory: its file cannot be compared" in open_[0].line()
        assert "the module lived in memory" in open_[2].line()


def test_what_has_files_verifies_whole_and_repeats_on_the_command_line(tmp_path: Path) -> None:
    shipped = smooth("demo:digits-0.25", Gaussian(sigma=0.25), device="cpu")
    result = shipped.certify("digits:52", n=500).result()
    assert result.evidence.command.startswith("certiscope certify --model demo:digits-0.25")
    assert verify(str(result.save(tmp_path / "r.json")), rerun="all").ok


def test_a_heuristic_claims_nothing(model: Smoothed) -> None:
    result = model.certify(X, n=200).result()
    evidence = result.evidence.model_copy(update={"outcome": "heuristic", "region": None})
    told = replace(result, evidence=evidence)
    assert told.abstained and told.predicted_class is told.class_name is told.region is None
    assert told.evidence.predicted_class is not None  # what leads is on record, and no claim
    assert "heuristic: nothing is certified" in told._repr_html_()
    assert result.guarantee == "individual" and "heuristic:" not in result._repr_html_()
