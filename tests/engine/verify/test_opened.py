"""What evidence says of a model beside its digest, against card and model."""

from __future__ import annotations

from typing import Any

from engine.evidence.evidence import Evidence
from engine.models import ModelRequest, catalogue, load_model
from engine.verify.opened import check_described, check_opened, described

CHANGES: tuple[dict[str, Any], ...] = (
    {"architecture": "mlp"},
    {"normalization": "half: (x - 0.5) / 0.5"},
    {"class_names": tuple("abcdefghij")},
    {"parameters": 7},
    {"encoding": "indicator"},
    {"input_shape": (1, 9, 9)},
)
UNOPENED: tuple[dict[str, Any], ...] = (
    {"training_sigma": 0.5},
    {"contains_code": True},
    {"format": "onnx"},
    {"normalization_origin": "given"},
    {"training_scheme": {"key": "gaussian", "sigma": 0.5}},
)


def with_model(evidence: Evidence, **changes: Any) -> Evidence:
    model = evidence.model.model_copy(update=changes)
    return evidence.model_copy(update={"model": model})


def test_a_card_says_what_its_model_is_when_it_is_opened() -> None:
    for shipped in catalogue():
        if shipped.path.suffix != ".safetensors":
            continue
        found = load_model(ModelRequest(shipped.name)).identity
        for name, value in described(shipped.path).items():
            assert getattr(found, name) == value, (shipped.name, name)


def test_a_shipped_model_is_compared_with_its_card(certified: Evidence) -> None:
    honest = check_described(certified)
    assert honest is not None and honest.verdict == "holds"
    for changes in CHANGES:
        claim = check_described(with_model(certified, **changes))
        (what,) = changes
        assert claim is not None and claim.verdict == "does not hold"
        assert claim.detail == f"another {what.replace('_', ' ')} than is stated"
    assert check_described(with_model(certified, source="net.onnx")) is None


def test_what_may_have_been_chosen_is_left_open_until_the_model_is_opened(
    certified: Evidence,
) -> None:
    other = with_model(certified, normalization="half: (x - 0.5) / 0.5")
    for command, verdict in (
        ("certiscope certify --normalize half", "cannot be checked"),
        ("", "cannot be checked"),
        ("certiscope certify", "does not hold"),
        ("'", "does not hold"),
    ):
        claim = check_described(other.model_copy(update={"command": command}))
        assert claim is not None and claim.verdict == verdict


def test_everything_is_compared_with_the_model_opened(certified: Evidence) -> None:
    found = certified.model
    assert check_opened(found, found, named=True).verdict == "holds"
    for changes in (*CHANGES, *UNOPENED):
        stated = found.model_copy(update=changes)
        assert check_opened(stated, found, named=True).verdict == "does not hold"
    chosen = found.model_copy(update={"normalization": "half"})
    assert check_opened(chosen, found, named=False).verdict == "cannot be checked"
    both = chosen.model_copy(update={"parameters": 7})
    assert check_opened(both, found, named=False).verdict == "does not hold"
