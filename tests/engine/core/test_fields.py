from typing import Literal

import pytest
from pydantic import BaseModel, Field

from engine.core.fields import as_number, field_specs
from engine.evidence.settings import run_specs
from engine.schemes import SCHEMES, Gaussian


def test_a_schemes_fields_become_specs():
    sigma, top_k = field_specs(Gaussian)
    assert (sigma.name, sigma.flag, sigma.kind) == ("sigma", "--sigma", "float")
    assert sigma.unit == "pixels in [0,1]" and sigma.help and sigma.minimum == 0
    assert top_k.quiet and not top_k.told(1) and top_k.told(2) and not sigma.quiet


def test_run_settings_in_order_without_the_scheme():
    specs = {spec.name: spec for spec in run_specs("certify")}
    assert list(specs) == [
        "n0",
        "n",
        "alpha",
        "bound",
        "noise",
        "target",
        "seed",
        "precision",
        "batch",
        "device",
    ]
    assert specs["bound"].choices == (
        "anytime",
        "live",
        "anytime-two-class",
        "clopper-pearson",
        "two-class",
        "two-class-uneven",
        "multi-class",
        "anytime-multi-class",
        "soft",
    )
    assert specs["device"].choices[0] == "auto"
    assert specs["n"].kind == "int" and specs["n"].default == 100_000


def test_every_field_is_explained():
    assert all(spec.help for spec in run_specs("certify"))


def test_what_is_rarely_changed_is_declared_where_the_field_is():
    specs = {spec.name: spec for spec in run_specs("certify")}
    assert [name for name, spec in specs.items() if spec.advanced] == [
        "noise",
        "target",
        "seed",
        "precision",
        "batch",
        "device",
    ]


class Various(BaseModel):
    """Fields of every kind."""

    keep: int | None = Field(default=None, ge=1)
    share: float | None = 0.5
    sure: bool = False
    kernel: Literal["uniform", "mask"] = "mask"


def test_switches_and_values_that_may_be_missing():
    keep, share, sure, kernel = field_specs(Various)
    assert (keep.kind, keep.optional, keep.default) == ("int", True, None)
    assert (share.kind, share.optional) == ("float", True)
    assert (sure.kind, sure.optional) == ("bool", False)
    assert (kernel.kind, kernel.choices) == ("choice", ("uniform", "mask"))


class Level(BaseModel):
    """A field with a slider and one without."""

    sigma: float = Field(default=0.25, gt=0, json_schema_extra={"slider": [0.05, 2, 0.01]})
    count: int = 3


def test_a_slider_is_declared_with_the_field():
    sigma, count = field_specs(Level)
    assert sigma.slider == (0.05, 2.0, 0.01)
    assert count.slider is None


def test_numbers_as_they_are_typed():
    for text, kind, number in (
        ("1,000", "int", 1000),
        ("1e5", "int", 100_000),
        ("6/3", "int", 2),
        ("0.5", "float", 0.5),
        ("64/255", "float", 64 / 255),
        ("-1/4", "float", -0.25),
    ):
        assert as_number(text, kind) == number
    for text, kind in (
        ("1/0", "float"),
        ("a/b", "float"),
        ("1/2", "int"),
        ("2.5", "int"),
        ("1,5", "float"),
        ("0.5/2", "float"),
    ):
        with pytest.raises(ValueError):
            as_number(text, kind)


def test_what_a_training_is_not_asked_for_leaves_the_noise_as_it_is():
    others = {"top_k": 3, "box": True, "norm": "l1", "error": 0.25, "reach": 2.0, "rho": 0.2}
    found = set()
    for scheme in SCHEMES:
        for spec in field_specs(scheme):
            if not spec.of_noise:
                found.add(spec.name)
                changed = {spec.name: others[spec.name]}
                assert scheme(**changed).noise().in_words() == scheme().noise().in_words()
    assert found == set(others)
