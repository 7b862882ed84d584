"""Denoisers whose stated schedule is not that of their files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.core.records import PartIdentity
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.demo import shipped_denoiser
from engine.models.denoiser_files import open_denoiser
from engine.procedures.beginning import begin
from engine.report.json import evidence_json
from engine.schemes import Gaussian
from engine.verify import Plan, verify
from engine.verify.denoised import check_denoiser_file, stated_by
from tests.denoisers import save_diffusion, save_graph, save_plain
from tests.fakes import finish

SHIPPED = "demo:digits-denoiser"


def test_files_say_what_the_opened_denoiser_is(tmp_path: Path) -> None:
    """Read without torch as it is when it is opened, for every kind of file."""
    save_diffusion(tmp_path / "diffusion", beta_schedule="linear", beta_end=0.03)
    save_plain(tmp_path / "plain.safetensors")
    save_graph(tmp_path / "graph.onnx")
    for spec, path in (
        (SHIPPED, shipped_denoiser(SHIPPED)),
        *(
            (str(tmp_path / n), tmp_path / n)
            for n in ("diffusion", "plain.safetensors", "graph.onnx")
        ),
    ):
        facts = open_denoiser(spec, (1, 8, 8)).facts
        opened: dict[str, Any] = {
            "architecture": facts.architecture,
            "input_shape": list(facts.input_shape),
            "schedule": facts.schedule and facts.schedule.model_dump(mode="json"),
        }
        said = stated_by(path)
        assert "schedule" in said and said.items() <= opened.items(), spec


@pytest.fixture(scope="module")
def denoised() -> Evidence:
    model = load_model(ModelRequest("demo:digits-clean", denoiser=SHIPPED))
    settings = CertifySettings(scheme=Gaussian(sigma=0.25), n0=10, n=50, seed=3)
    given = fitted(model, load_input("digits16:17"))
    evidence: Evidence = finish(begin(model, given, settings))
    return evidence


def forged(evidence: Evidence, **schedule: Any) -> Evidence:
    """Another schedule, with the digests and the time step that follow from it."""
    part = evidence.model.part("denoiser")
    assert part is not None
    rules = {**part.rules, "schedule": {**part.rules["schedule"], **schedule}}
    changed = part.model_copy(update={"rules": rules})
    changed = changed.model_copy(update={"sha256": changed.rules_sha256})
    parts = tuple(changed if one is part else one for one in evidence.model.parts)
    model = evidence.model.model_copy(update={"parts": parts})
    model = model.model_copy(update={"sha256": model.composed_sha256()})
    return evidence.model_copy(update={"model": model})


def test_another_schedule_than_that_of_the_file_does_not_hold(
    denoised: Evidence, tmp_path: Path
) -> None:
    path, name = tmp_path / "run.json", "denoiser as its files say: digits-denoiser"
    path.write_text(evidence_json(denoised))
    report = verify(path)
    assert report.ok and name in [one.name for one in report.claims]
    path.write_text(evidence_json(forged(denoised, prediction="v_prediction")))
    (claim,) = [one for one in verify(path).claims if one.name == name]
    assert claim.verdict == "does not hold" and claim.detail == "another schedule than is stated"
    assert name not in [one.name for one in verify(path, Plan(counts_only=True)).claims]


def test_files_that_cannot_be_read_leave_it_open(tmp_path: Path) -> None:
    part = PartIdentity(role="denoiser", name="d", sha256="0")
    claim = check_denoiser_file(part, tmp_path)
    assert claim.verdict == "cannot be checked" and "without a denoiser" in claim.detail
