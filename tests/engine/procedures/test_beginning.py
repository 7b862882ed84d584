"""Settings find their procedure."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from engine.core.generators import result_of
from engine.evidence.settings import declared, seeded
from engine.procedures.beginning import begin
from engine.schemes import Gaussian
from tests.fakes import HalfSpace, fitted


@pytest.mark.parametrize(
    ("task", "given"),
    [("certify", {}), ("predict", {"test": "one-sided"}), ("decide", {"target": "radius=0.1"})],
)
def test_evidence_names_the_procedure_of_its_settings(
    task: Literal["certify"], given: dict[str, Any]
) -> None:
    settings = seeded(declared(task, Gaussian(sigma=0.25), {"n": 200, "seed": 0, **given}))
    evidence = result_of(begin(HalfSpace(0.5), fitted(), settings, command="as typed"))
    assert (evidence.procedure, evidence.command) == (task, "as typed")
    assert evidence.settings == settings
