"""What a growing set comes to is what the whole set comes to, worked out anew."""

from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.core.nouns import of_kind
from engine.evidence.attack import AttackRecord
from engine.evidence.settings import CertifySettings, seeded
from engine.inputs.base import FittedInput
from engine.procedures.certify import certify
from engine.procedures.dataset import certify_set
from engine.procedures.set_standing import SetStanding
from engine.schemes import Ablation, HierarchicalGaussian
from tests.fakes import HalfSpace, finish, fitted

SETTINGS = CertifySettings(n0=50, n=1000, bound="anytime", seed=3)
AT = ("radius=0.1", "radius=0.3")


def read(spec: str) -> FittedInput:
    """A flat image of the value that the spec is; below 0 its opposite, without a label."""
    if spec.endswith(".png"):
        raise UserError(f"{spec} is damaged.")
    made = fitted(abs(float(spec)))
    known = {"label": None if spec.startswith("-") else 0, "pixels_sha256": spec}
    return FittedInput(made.identity.model_copy(update=known), made.arrays)


def standing_of(*specs: str, settings=SETTINGS, at=AT):
    standing = SetStanding(settings, len(specs), at)
    more = {"done": standing.add, "left_out": standing.leave_out, "read": read}
    return standing, finish(certify_set(HalfSpace(0.5), specs, settings, at=at, **more))


def test_the_summary_is_that_of_the_set_but_for_the_population():
    standing, result = standing_of("0.0", "0.3", "0.5", "0.9", "x.png", "0.1")
    whole, found = result.summary, standing.summary()
    together = whole.simultaneous.model_copy(update={"radii": ()})
    assert found == whole.model_copy(update={"simultaneous": together, "population": {}})
    assert standing.counted == 5 and not found.population


def test_rows_say_what_became_of_each_input():
    standing, result = standing_of("0.0", "0.9", "0.5", "x.png", "-0.1")
    rows = standing.rows
    assert [row.outcome for row in rows] == ["correct", "wrong", "abstained", "no run", "certified"]
    assert [row.place for row in rows] == list(range(5))
    first, _, third, fourth, fifth = rows
    assert first.certified == result.rows[0].region.headline() and first.predicted
    assert first.size == result.rows[0].radius and (first.n, first.run_id != "") == (1000, True)
    assert third.reason and third.cause and not third.certified and third.size == -1
    assert (fourth.reason, fourth.run_id) == ("x.png is damaged.", "")
    assert first.label and not fifth.label


def test_the_curves_are_those_of_the_rows_and_what_holds_at_once_lies_below():
    standing, result = standing_of("0.0", "0.1", "0.3", "0.9")
    own, together = standing.figure().curves
    radii = [row.radius for row in result.rows[:3]]
    for x in (0.0, 0.1, 0.2, *radii):
        assert own.at(x) == sum(radius >= x for radius in radii) / 4
    assert max(x for x, _ in together.points) == max(result.summary.simultaneous.radii[:3])
    assert together.dashed and own.band and not together.band
    assert "all 4 at once" in together.name


def test_the_band_of_a_set_that_is_not_whole_says_on_what_it_rests():
    whole, _ = standing_of("0.0", "0.1", "x.png")
    drawn = "of 2 inputs · band: 95 % at each size, if they are a random draw"
    assert whole.figure().subtitle == drawn
    evidence = finish(certify(HalfSpace(0.5), read("0.0"), SETTINGS))
    for planned in (3, None):  # more to come; and a set whose size nobody fixed
        part = SetStanding(SETTINGS, planned, AT)
        part.add("0.0", evidence)
        had = "of 1 input · band: 95 % at each size, had so many been planned and drawn at random"
        assert part.figure().subtitle == had


def test_an_attacked_set_has_a_curve_above_the_certified_one():
    standing, _ = standing_of("0.0", "0.1")
    attack = AttackRecord(outcome="found", how="x", perturbation={"radius": 0.6}, found_class=1)
    settings, model = seeded(SETTINGS), HalfSpace(0.5)
    for spec in ("0.2", "0.3"):
        evidence = finish(certify(model, read(spec), settings))
        given = attack if spec == "0.2" else None
        standing.add(spec, evidence.model_copy(update={"attack": given}))
    *_, curve = standing.figure().curves
    assert curve.name == "not attacked (no guarantee)"
    assert curve.points == ((0.0, 1.0), (0.6, 1.0), (0.6, 0.75))
    assert [row.attacked for row in standing.rows] == ["", "", "radius 0.6000", ""]


def test_what_is_counted_has_the_noun_of_the_input():
    settings = CertifySettings(scheme=Ablation(entities=64, keep=60), n0=50, n=1000, seed=3)
    standing, result = standing_of("0.0", settings=settings, at=())
    counted = result.rows[0].region.headline()
    assert counted.endswith(("pixel or node", "pixels or nodes"))
    assert standing.rows[0].certified == of_kind(counted, "image") != counted


def test_other_regions_have_curves_over_their_own_sizes():
    settings = CertifySettings(
        scheme=HierarchicalGaussian(sigma=0.25, p=0.9), n0=50, n=1000, seed=3
    )
    standing, result = standing_of("0.0", "0.1", settings=settings, at=())
    assert standing.summary().acr is None is result.summary.acr
    assert standing.figure().curves[0].name == "1 pixel"
    assert standing.figure().curves[-1].name.endswith(", all at once")


@pytest.mark.parametrize("specs", [("-0.1", "-0.2"), ("0.5",)])
def test_without_labels_or_certificates_there_is_no_curve(specs):
    standing, result = standing_of(*specs)
    assert standing.figure() is None
    assert standing.summary().clean_accuracy == result.summary.clean_accuracy
    assert SetStanding(SETTINGS, 3).figure() is None
