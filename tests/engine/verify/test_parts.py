"""Forged parts of an ensemble whose digests are computed anew, as a forger would."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.records import ModelIdentity, PartIdentity
from engine.models import ModelRequest, load_model
from engine.verify.opened import check_member
from engine.verify.parts import check_members, check_parts
from tests.factories import make_evidence


@pytest.fixture(scope="module")
def whole() -> ModelIdentity:
    request = ModelRequest("demo:digits-0.25", others=tuple(["demo:digits-0.50"]))
    return load_model(request).identity


def forged(model: ModelIdentity, place: int, **rules: Any) -> ModelIdentity:
    part = model.parts[place]
    changed = part.model_copy(update={"rules": {**part.rules, **rules}})
    changed = changed.model_copy(update={"sha256": changed.rules_sha256})
    parts = (*model.parts[:place], changed, *model.parts[place + 1 :])
    found = model.model_copy(update={"parts": parts})
    return found.model_copy(update={"sha256": found.composed_sha256()})


def test_an_ensemble_as_it_was_opened_holds(whole: ModelIdentity) -> None:
    assert check_parts(whole) == []
    for part in whole.parts[:2]:
        claim = check_member(part)
        assert claim is not None and claim.verdict == "holds"


def test_what_follows_from_the_members_cannot_be_changed_alone(whole: ModelIdentity) -> None:
    names = [f"number {i}" for i in range(10)]
    assert "its architecture is not that of its members" in check_parts(
        forged(whole, 2, combine="votes")
    )
    assert "its members differ in class names" in check_parts(forged(whole, 1, class_names=names))
    assert "its class names is not that of its members" in check_parts(
        forged(whole, 0, class_names=names)
    )
    assert "its architecture is not that of its members" in check_parts(
        whole.model_copy(update={"architecture": "digits_cnn"})
    )
    part = whole.parts[0].model_copy(update={"rules": {}})
    bare = whole.model_copy(update={"parts": (part, *whole.parts[1:])})
    assert "the digest of the member is not that of its rules" in check_parts(bare)


def test_a_shipped_member_is_what_its_card_says(whole: ModelIdentity) -> None:
    part = forged(whole, 0, architecture="gat").parts[0]
    claim = check_member(part)
    assert claim is not None and claim.verdict == "does not hold"
    assert "architecture" in claim.detail
    assert check_member(PartIdentity(role="member", name="x", sha256="", source="x.onnx")) is None


def test_votes_of_members_need_an_ensemble(whole: ModelIdentity) -> None:
    evidence = make_evidence().model_copy(update={"model": whole})
    assert check_members(evidence) == []
    wrong = evidence.model_copy(update={"model": forged(whole, 2, consensus=7)})
    assert check_members(wrong) == ["its rule is none"]
    assert check_members(make_evidence()) == ["it is no ensemble that has members"]
