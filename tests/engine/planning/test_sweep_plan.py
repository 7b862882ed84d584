"""Plans for a range, beside runs whose class really has the probability that they assume."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.evidence.settings import SweepSettings
from engine.planning.records import Pilot
from engine.planning.sweep_plan import plan_sweep
from engine.procedures.beginning import begin
from engine.schemes.rotation import Rotation
from tests.engine.procedures.test_sweep import IMAGE, Along, given
from tests.fakes import finish

SETTINGS = SweepSettings(scheme=Rotation(sigma=0.3, degrees=30), n0=50, n=2_000, seed=1)


def test_a_plan_for_a_class_that_is_sure_is_what_the_run_takes() -> None:
    """Whatever the image, its class is 0, which the plan is told."""
    run = finish(begin(Along(np.zeros(IMAGE.shape), -1.0), given(), SETTINGS))
    plan = plan_sweep(SETTINGS, IMAGE, p=1.0)
    assert run.region is not None and (plan.lower, plan.upper) == (
        run.region.lower,
        run.region.upper,
    )
    assert plan.anchors == pytest.approx(len(run.anchors), rel=0.2)
    assert plan.samples == pytest.approx(run.votes.fresh.n + 50, rel=0.2)


def test_a_class_that_leads_less_takes_more_and_one_that_does_not_lead_gets_nothing() -> None:
    samples = [plan_sweep(SETTINGS, IMAGE, p=p).samples for p in (0.99, 0.9, 0.8)]
    assert samples == sorted(samples) and samples[0] < samples[-1]
    curve = plan_sweep(SETTINGS, IMAGE, p=0.9).curve
    assert [point.p for point in curve] == sorted({point.p for point in curve}) and curve
    assert {point.p: point.samples for point in curve}[0.9] == samples[1]
    none = plan_sweep(SETTINGS, IMAGE, p=0.5)
    assert (none.lower, none.upper) == (0.0, 0.0)
    assert dict(none.facts())["certifies"].startswith("nothing: 2,000 votes at an anchor")


def test_a_pilot_promises_less_than_its_own_share_and_says_so() -> None:
    plan = plan_sweep(SETTINGS, IMAGE, pilot=Pilot(k=97, n0=100))
    facts = dict(plan.facts())
    assert 0.9 < plan.p < 0.97 and "97 of 100 votes" in facts["pilot"]
    assert facts["certifies"].endswith("the whole range") and "at every anchor" in plan.notes[1]
    assert facts["range"] == "rotation -30.000° to +30.000°"
    assert any("quantile" in note for note in plan.notes)
    assert np.isclose(plan.least, 0.5)


def test_what_is_assumed_has_to_be_one_probability() -> None:
    with pytest.raises(UserError, match="either a pilot's votes or a probability"):
        plan_sweep(SETTINGS, IMAGE)
