from collections.abc import Mapping
from typing import ClassVar

import pytest

from engine.core.errors import UserError
from engine.core.fields import field_specs
from engine.regions import Term
from engine.schemes import (
    SCHEMES,
    Ablation,
    Gaussian,
    HierarchicalGaussian,
    HybridUniform,
    Scheme,
    parse_scheme,
    scheme_class,
    siblings,
)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda s: s.key)
def test_contract(scheme):
    """Every scheme says what it is, round-trips, and needs more probability for larger changes."""
    assert scheme.title and scheme.citation and scheme.inputs and scheme.limits
    assert scheme.attacker[0].islower()
    one = scheme()
    assert parse_scheme(one.model_dump()) == one
    nothing = {name: term.neutral for name, term in scheme.terms.items()}
    something = {name: term.neutral + 1.0 for name, term in scheme.terms.items()}
    assert one.required_probability(nothing) <= one.required_probability(something)


def test_at_is_parsed_in_the_schemes_own_terms():
    assert Gaussian().parse_at("radius=0.25") == {"radius": 0.25}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("words=1", "--at words=1: gaussian knows the terms radius, not 'words'."),
        ("radius=big", "--at radius=big: 'big' is not a number."),
        ("radius=-1", "--at radius=-1: radius must be a finite number >= 0."),
        ("radius=nan", "--at radius=nan: radius must be a finite number >= 0."),
        (
            "radius=0.9,radius=0.1",
            "--at radius=0.9,radius=0.1: radius is given twice; name each term once.",
        ),
    ],
)
def test_a_bad_at_is_one_sentence(text: str, sentence: str):
    with pytest.raises(UserError) as caught:
        Gaussian().parse_at(text)
    assert str(caught.value) == sentence


class Shift(Gaussian):
    """Has a term below 0, and one that is counted both ways."""

    terms: ClassVar[Mapping[str, Term]] = {
        "brightness": Term("shift of all pixels", "brightness in [0,1]", signed=True),
        "steps": Term("steps", whole=True, signed=True),
    }


def test_a_signed_term_takes_values_below_zero():
    assert Shift().parse_at("brightness=-0.1,steps=-2") == {"brightness": -0.1, "steps": -2.0}
    for text, sentence in {
        "brightness=-inf,steps=1": "brightness must be a finite number.",
        "brightness=0,steps=-1.5": "steps must be a whole number.",
    }.items():
        with pytest.raises(UserError) as caught:
            Shift().parse_at(text)
        assert str(caught.value) == f"--at {text}: {sentence}"


def test_a_term_says_what_it_means_and_in_which_unit():
    assert str(Gaussian.terms["radius"]) == "l2 norm of the change, pixels in [0,1]"
    assert str(Shift.terms["steps"]) == "steps"


def test_unknown_scheme_lists_the_known():
    with pytest.raises(UserError, match="There is no scheme 'magic'; there are: gaussian"):
        scheme_class("magic")


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda s: s.key)
def test_many_required_probabilities_are_those_one_by_one(scheme):
    one = scheme()
    asked = [{name: term.neutral + size for name, term in scheme.terms.items()}
             for size in (0.0, 1.0, 2.0, 3.0, 1000.0)]  # fmt: skip
    alone = [one.required_probability(perturbation) for perturbation in asked]
    together = one.required_probabilities(asked)
    assert [min(p, 1.0) for p in together] == pytest.approx([min(p, 1.0) for p in alone], abs=1e-9)


def test_no_certified_change_changes_the_answer():
    assert Gaussian().effect("cat") == "changes the smoothed model's prediction 'cat'"


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda s: s.key)
def test_every_noise_level_has_a_slider_within_its_limits(scheme):
    specs = {spec.name: spec for spec in field_specs(scheme)}
    known = {"sigma", "lam", "beta", "p", "p_centre", "p_plus", "p_minus", "sigma_b", "sigma_k"}
    known |= {"sigma_gamma"} | ({"a", "s"} if scheme.key == "blur" else set())
    known |= {"contrast", "brightness"} if scheme.key == "exact-map" else set()
    levels = {name for name in known & set(specs) if not specs[name].optional}
    assert levels == {name for name, spec in specs.items() if spec.slider}
    for name in levels:
        low, high, step = specs[name].slider
        assert low <= specs[name].default <= high and 0 < step < (high - low) / 10
        for end in (low, high):
            scheme(**{"p_plus": 0.1, name: end} if name == "p_minus" else {name: end})


@pytest.mark.parametrize(
    ("key", "kernels"),
    [
        ("gaussian", [""]),
        ("text-mask", ["uniform", "mask"]),
        ("hybrid-flip", ["uniform", "mask", "flip"]),
    ],
)
def test_siblings_differ_in_their_kernel(key, kernels):
    found = siblings(scheme_class(key))
    assert [one.kernel_name for one in found] == kernels
    assert scheme_class(key) in found


@pytest.mark.parametrize(
    ("scheme", "idle"),
    [
        (Ablation(entities=64, keep=12), {"p"}),
        (Ablation(p=0.9), {"entities", "keep"}),
        (HierarchicalGaussian(), {"p_centre"}),
        (HierarchicalGaussian(centre=3), set()),
        (HybridUniform(arities="3,4", beta=0.25), {"vocabulary"}),
        (HybridUniform(sigmas="0.1,0.2"), {"sigma"}),
        (Gaussian(), set()),
    ],
)
def test_fields_that_decide_nothing_are_idle(scheme: Scheme, idle: set[str]) -> None:
    assert scheme.idle() == idle
