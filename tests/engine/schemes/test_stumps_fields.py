"""Numbers and fields together, against every change of the fields and the exact law."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from engine.certificates.stumps import Steps, StumpEnsemble
from engine.core.errors import UserError
from engine.core.records import InputIdentity
from engine.regions.required_probability import required_map
from engine.regions.staircase import StaircaseMap
from engine.schemes.of_input import OfInput
from engine.schemes.stumps import Stumps
from engine.schemes.stumps_fields import StumpsFields

MODEL = StumpEnsemble(
    (
        Steps.of([(0.2, Fraction(-2), Fraction(2)), (0.9, Fraction(0), Fraction(1))]),
        Steps.of([(-0.5, Fraction(-1), Fraction(3))]),
    ),
    fields=(
        (Fraction(1), Fraction(-1)),
        (Fraction(0), Fraction(2), Fraction(-2)),
        (Fraction(1), Fraction(0)),
    ),
    above=Fraction(1),
)
ROW = (np.array([0.8, 0.4], dtype=np.float32), np.array([0, 1, 0]))


def test_each_step_is_the_worst_choice_of_so_many_fields(bounds) -> None:
    """The radius of a step is the least of all rows that differ from this one in so many fields."""
    scheme, alone = StumpsFields(sigma=0.4), Stumps(sigma=0.4)
    region = scheme.region(bounds(0.5), scheme.compute(ROW, MODEL))
    assert region is not None and region.first == 0
    radii: dict[int, list[float | None]] = {}
    for codes in itertools.product(range(2), range(3), range(2)):
        changed = sum(a != b for a, b in zip(codes, ROW[1], strict=True))
        mass = alone.masses((ROW[0], np.array(codes)), MODEL)[1, 0]
        radii.setdefault(changed, []).append(alone.radius(mass))
    for changed, found in radii.items():
        worst = None if None in found else min(found)
        step = region.strength(changed)
        if worst is None:
            assert step is None
        else:
            assert step == pytest.approx(min(worst, *region.reach[:changed], worst), rel=1e-9)
    assert len(region.reach) >= 2
    assert region.contains({"fields": 1, "radius": region.reach[1] * 0.99})
    assert not region.contains({"fields": 1, "radius": region.reach[1]})
    assert "1 field: below" in region.clause("input")


def test_a_perturbation_as_it_is_typed() -> None:
    scheme = StumpsFields()
    assert scheme.parse_at("radius=0.5,fields=1") == {"radius": 0.5, "fields": 1.0}
    with pytest.raises(UserError, match="fields must be a whole number"):
        scheme.parse_at("radius=0.5,fields=1.5")


def test_a_table_without_fields_is_for_another_scheme() -> None:
    given = InputIdentity(
        name="row", source="r", sha256="", pixels_sha256="", shape=(2,), kind="table"
    )
    with pytest.raises(UserError, match="use --scheme stumps"):
        StumpsFields().check_input(given)
    StumpsFields().check_input(given.model_copy(update={"alphabet": (2,)}))


def test_a_step_holds_what_requires_no_more_than_the_probability_of_the_row(bounds) -> None:
    """``contains`` if and only if the computed p_lower exceeds what is required of this row."""
    scheme = StumpsFields(sigma=0.4)
    facts = scheme.compute(ROW, MODEL)
    region, known = scheme.region(bounds(0.5), facts), scheme.known(facts)
    assert region is not None and known is not None
    checked: set[bool] = set()
    for fields, radius in itertools.product((0.0, 0.5, 1.0, 2.0, 3.0, 4.0), np.linspace(0, 1, 41)):
        change = {"fields": fields, "radius": float(radius)}
        required = scheme.required_probability(change, facts)
        if abs(1.0 - known.outside - required) > 1e-9:
            held = region.contains(change)
            assert held == (1.0 - known.outside > required), change
            checked.add(held)
    assert checked == {True, False}
    assert scheme.required_probability({"fields": 1.0, "radius": 0.1}) > 1
    assert scheme.required_probability({"fields": 9.0, "radius": 0.1}, facts) > 1


def test_the_map_is_one_of_the_row(bounds) -> None:
    """Without a row there is none; with one every column is certified up to its step."""
    scheme = StumpsFields(sigma=0.4)
    assert required_map(scheme) is None
    facts = scheme.compute(ROW, MODEL)
    found = required_map(OfInput.of(scheme, facts))
    region, known = scheme.region(bounds(0.5), facts), scheme.known(facts)
    assert found is not None and known is not None and region is not None
    assert isinstance(found, StaircaseMap)
    heights = found.heights(region)
    assert found.counts[0] == 0 and heights[:2].tolist() == list(region.reach[:2])
    certified = found.required < 1.0 - known.outside
    for column, height in enumerate(heights.tolist()):
        assert (certified[:, column] == (found.strengths < height)).all()
