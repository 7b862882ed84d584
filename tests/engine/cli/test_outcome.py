"""The table rounds every certified number in the direction that claims less."""

from __future__ import annotations

from decimal import Decimal

import pytest
from rich.console import Console

from engine.cli.outcome import exit_status, rows, show
from engine.demos.gallery import case_of
from engine.evidence.evidence import Evidence
from engine.evidence.observations import AnchorRecord
from engine.evidence.settings import declared
from engine.schemes.rotation import Rotation
from tests.factories import make_counted, make_evidence, make_predicted

FEW = (1, 1, 1, 1, 1, 1, 1, 12, 1, 1)


def printed(evidence: Evidence, *, quiet: bool) -> str:
    console = Console(record=True, width=100, file=None, soft_wrap=True)
    with console.capture() as capture:
        show(evidence, console, quiet=quiet)
    return capture.get()


def test_exit_status() -> None:
    assert exit_status(make_evidence()) == 0
    assert exit_status(make_predicted()) == 0
    assert exit_status(make_evidence(estimation=FEW)) == 3


def test_radius_and_bounds_round_towards_the_weaker_claim() -> None:
    evidence = make_evidence()
    shown = dict(rows(evidence))
    assert evidence.radius is not None
    assert evidence.bounds is not None
    assert Decimal(shown["radius"].split()[0]) <= Decimal(evidence.radius)
    assert Decimal(shown["p_lower"]) <= Decimal(evidence.bounds.p_lower)
    assert Decimal(shown["p_upper"].split()[0]) >= Decimal(evidence.bounds.p_upper)


def test_a_p_value_rounds_up() -> None:
    shown = dict(rows(make_predicted(p_value=0.00012341)))
    assert shown["test"] == "two-sided, p-value 0.000124 against alpha 0.001"


def test_a_provisional_bound_is_marked() -> None:
    shown = dict(rows(make_evidence(bound="clopper-pearson", n_plan=200_000)))
    assert shown["p_lower"].endswith("(provisional, no claim)")
    assert "radius" not in shown


def test_quiet_prints_the_statement_alone() -> None:
    evidence = make_evidence(warnings=("Look at sigma.",))
    assert printed(evidence, quiet=True) == evidence.statement + "\n"
    assert "Note: Look at sigma." in printed(evidence, quiet=False)


def test_every_number_comes_with_its_settings() -> None:
    text = printed(make_evidence(), quiet=False)
    for part in ("sigma 0.25", "pixels in [0,1]", "n0 100 of 100", "n 100,000 of", "alpha 0.001"):
        assert part in text


@pytest.mark.parametrize(
    ("arithmetic", "told"),
    [
        ("float", "fast float noise, not sound to the last bit"),
        ("exact grid", "integer noise on the 8-bit grid, exact"),
        ("exact integers", "integer noise, exact"),
    ],
)
def test_float_noise_is_told_from_exact(arithmetic: str, told: str) -> None:
    evidence = make_evidence()
    noise = evidence.noise.model_copy(update={"arithmetic": arithmetic})
    assert dict(rows(evidence.model_copy(update={"noise": noise})))["arithmetic"] == told
    assert "arithmetic" not in dict(rows(make_counted()))


def test_a_whole_count_is_told_without_chance() -> None:
    shown = dict(rows(make_counted()))
    assert shown["votes"] == "all noise samples twice: 255 and 255 of 255; 235 for '7'"
    assert "seed" not in shown["noise"]
    assert shown["bound"].startswith("enumeration, no alpha, valid")


def test_a_target_is_told_as_it_came_out() -> None:
    def told(**settings: object) -> str:
        evidence = make_evidence()
        chosen = evidence.settings.model_copy(update=settings)
        return dict(rows(evidence.model_copy(update={"settings": chosen}))).get("target", "")

    assert told() == ""
    assert told(target="radius=0.25") == "radius=0.25 is certified"
    missed = "radius=0.75 was asked for and is not certified; certified is R = 0.528"
    assert told(target="radius=0.75") == missed
    abstained = make_evidence(estimation=FEW, stop_reason="target out of reach")
    settings = abstained.settings.model_copy(update={"target": "radius=0.5"})
    assert dict(rows(abstained.model_copy(update={"settings": settings})))["target"] == (
        "radius=0.5 was asked for and is not certified, found out of reach; certified is nothing"
    )


def test_label_and_notes_of_model_and_input_are_shown() -> None:
    evidence = make_evidence()
    model = evidence.model.model_copy(update={"notes": ("One image a call.",)})
    given = {
        "label": 3,
        "label_name": "three",
        "notes": ("its label 'three' is taken for class 3",),
    }
    image = evidence.input.model_copy(update=given)
    shown = list(rows(evidence.model_copy(update={"model": model, "input": image})))
    assert ("label", f"'{model.class_names[3]}' (class 3)") in shown
    assert shown.index(("", "One image a call.")) == 1
    assert ("", "its label 'three' is taken for class 3") in shown
    unknown = evidence.input.model_copy(update={"label": None, "label_name": None})
    assert "label" not in dict(rows(evidence.model_copy(update={"input": unknown})))


def test_votes_of_a_sweep_are_counted_with_their_anchors() -> None:
    settings = declared("certify", Rotation(), {"n": 300, "seed": 1})
    anchors = tuple(AnchorRecord(cell=cell, distance=0.1) for cell in (2, 3))
    for number, shown in ((1, "at 1 anchor, at most 300 each"), (2, "at 2 anchors, at most 300")):
        update = {"settings": settings, "anchors": anchors[:number]}
        found = make_evidence().model_copy(update=update)
        assert shown in dict(rows(found))["votes"]


def test_the_share_of_a_map_is_called_no_probability() -> None:
    evidence = Evidence.model_validate_json(case_of("aircraft").evidence.read_bytes())
    said = dict(rows(evidence))
    assert said["certified"] == "0.580078 of the box (rounded down)"
    assert not {"p_lower", "p_upper"} & set(said)
    assert "votes" not in said
    assert said["images"].startswith("beside the map: 1,000 of 1,000; ")
