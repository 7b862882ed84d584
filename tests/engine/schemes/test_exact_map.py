"""The scheme: facts grow, are read and are confirmed; what cannot be is refused."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.core.records import InputIdentity
from engine.exact.light import Convention
from engine.exact.model import SmallModel
from engine.schemes import SCHEMES, ExactMap
from engine.schemes.exact_map import MAP, TOP
from tests.small_networks import image, tiny

MODEL = SmallModel(tiny(4))
X = (image((1, 1, 3), 4).astype(np.float32),)
SCHEME = ExactMap(contrast=0.5, brightness=0.3, clip=False, cells=101)
GIVEN = InputIdentity(name="x", source="x", sha256="", pixels_sha256="", shape=(1, 1, 3))


def test_facts_grow_to_a_map(bounds) -> None:
    parts = list(SCHEME.computing(X, MODEL))
    assert len(parts) > 2 and SCHEME.compute(X, MODEL) == parts[-1]
    shares = [SCHEME.known(facts).outside for facts in parts]
    assert shares == sorted(shares, reverse=True) and 0 < shares[-1] < 1
    region = SCHEME.region(bounds(0.5), parts[-1])
    assert region is not None and region.outside == shares[-1]
    SCHEME.check_facts(parts[-1], GIVEN)
    rows = dict(row[:2] for row in SCHEME.rests_on(parts[-1]))
    assert rows["cells looked at"] == "101"


def test_facts_are_confirmed_cell_by_cell() -> None:
    facts = SCHEME.compute(X, MODEL)
    assert SCHEME.confirmed(X, MODEL, facts) == facts
    text = str(facts[MAP])
    for false in (text.replace("v", "c", 1), text.replace("c", "v", 1)):
        assert SCHEME.confirmed(X, MODEL, {**facts, MAP: false})[MAP] != false
    # a claim of less than what holds is none to object to
    less = text.replace("c", "o", 1)
    assert SCHEME.confirmed(X, MODEL, {**facts, MAP: less})[MAP] == less


def test_what_is_no_map_is_refused(bounds) -> None:
    facts = SCHEME.compute(X, MODEL)
    for wrong in ({MAP: "c"}, {**facts, MAP: "sc"}, {**facts, TOP: 0.5}, {**facts, "more": 1.0}):
        with pytest.raises(UserError, match="no map of cells"):
            SCHEME.check_facts(wrong, GIVEN)
    with pytest.raises(UserError, match="more than the 3 cells"):
        SCHEME.model_copy(update={"cells": 3}).check_facts(facts, GIVEN)
    assert SCHEME.region(bounds(0.999)) is None  # bounds alone certify nothing
    assert SCHEME.region(bounds(0.999), {MAP: "v", TOP: 0.0}) is None
    assert "1 are violated" in SCHEME.shortfall_in_words({MAP: "v", TOP: 0.0})


def test_another_model_is_refused_with_what_would_work() -> None:
    with pytest.raises(UserError, match="small network layer by layer.*contrast-brightness"):
        SCHEME.compute(X, None)


@pytest.mark.parametrize("convention", ["linear", "exponential"])
def test_the_image_under_a_change(convention: Convention) -> None:
    scheme = ExactMap(convention=convention)
    changed = scheme.transformed(X[0], {"contrast": 0.2, "brightness": 0.1})
    expected = 1.2 * X[0] + 0.1 if convention == "linear" else np.exp(0.2) * (X[0] + 0.1)
    assert np.allclose(changed, np.clip(expected, 0, 1), atol=1e-6)
    assert changed.dtype == np.float32
    free = scheme.model_copy(update={"clip": False})
    assert free.transformed(X[0], {"contrast": 0.9, "brightness": 0.5}).max() > 1


def test_perturbations_are_signed() -> None:
    assert SCHEME.parse_at("contrast=-0.1,brightness=0.05") == {
        "contrast": -0.1,
        "brightness": 0.05,
    }
    assert SCHEME.required_probability({"contrast": 0.1, "brightness": 0.1}) < 1
    assert SCHEME.required_probability({"contrast": 0.6, "brightness": 0.1}) > 1
    with pytest.raises(UserError, match="contrast"):
        ExactMap(contrast=1.5)


@pytest.mark.parametrize("convention", ["linear", "exponential"])
def test_a_verifier_reads_blank_samples_of_its_law(convention: Convention) -> None:
    """It asks which statistics are due, of samples that are all 0."""
    for probe in ExactMap(convention=convention).noise().probes():
        blank = (np.zeros((4, *probe.shape), dtype=np.float32),)
        assert np.isfinite(probe.read(blank)).all()


def test_it_alone_bounds_cells() -> None:
    assert [scheme.key for scheme in SCHEMES if scheme().mapped] == ["exact-map"]
