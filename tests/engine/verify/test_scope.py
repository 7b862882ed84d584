"""What a run of one procedure does not record, invented beside it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.outputs import OutputInterval
from engine.evidence.attack import AttackRecord
from engine.evidence.evidence import Evidence
from engine.evidence.observations import AnchorRecord
from engine.evidence.settings import CertifySettings, DecideSettings, PredictSettings
from engine.procedures.adaptive import decide
from engine.procedures.certify import certify
from engine.procedures.predict import predict
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from engine.verify.scope import of_others, unfit
from tests.fakes import HalfSpace, finish, fitted

MEDIAN = (OutputInterval(name="x", lower=1.0, median=1.5, upper=2.0),)
ANCHOR = (AnchorRecord(cell=5, distance=0.1),)


@pytest.fixture(scope="module")
def runs() -> dict[str, Evidence]:
    settings: dict[str, Any] = {
        "certify": CertifySettings(n0=20, n=100),
        "predict": PredictSettings(n=100),
        "decide": DecideSettings(n=200, target="radius=0.05"),
    }
    how: dict[str, Any] = {"certify": certify, "predict": predict, "decide": decide}
    return {
        name: finish(how[name](HalfSpace(0.3, 3), fitted(), one)) for name, one in settings.items()
    }


def wrong(evidence: Evidence) -> str:
    return " ".join(claim.detail for claim in check_counts(recount_of(evidence)) if claim.detail)


@pytest.mark.parametrize("name", ["certify", "predict", "decide"])
def test_a_run_holds_until_something_is_invented_beside_it(
    runs: dict[str, Evidence], name: str
) -> None:
    run = runs[name]
    assert of_others(run) == unfit(run) == [] and not wrong(run)
    invented = {"intervals": MEDIAN, "anchors": ANCHOR}
    for field, value in invented.items():
        forged = run.model_copy(update={field: value})
        assert f"it states {field}, and a {name} run has none" in wrong(forged)
    both = run.model_copy(update=invented)
    assert of_others(both) == [f"it states intervals and anchors, and a {name} run has none"]
    assert "states facts of the input" in wrong(run.model_copy(update={"facts": {"error": 0.0}}))


@pytest.mark.parametrize("name", ["predict", "decide"])
def test_an_attack_stands_beside_what_is_attacked_alone(
    runs: dict[str, Evidence], name: str
) -> None:
    attack = AttackRecord(outcome="not found", how="x", samples=1, looks=1, n=1, alpha=0.001)
    assert "it states attack" in wrong(runs[name].model_copy(update={"attack": attack}))
