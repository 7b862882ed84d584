from __future__ import annotations

from typing import Any

from engine.models.members import ensemble_facts, member_part, members_of, rule_part, unlike
from tests.fakes import identity


def member(name: str, **changes: Any) -> Any:
    return member_part(identity(name=name, architecture=f"net {name}", **changes))


def test_a_part_is_digested_with_everything_that_decides_what_it_computes() -> None:
    plain = member("a")
    assert plain.sha256 == plain.rules_sha256
    others = [
        member("a", sha256="1" * 64),
        member("a", normalization="half"),
        member("a", class_names=("no", "yes")),
        member("a", input_shape=(3, 8, 8)),
    ]
    assert len({each.sha256 for each in (plain, *others)}) == 5
    assert member("a", source="elsewhere").sha256 == plain.sha256


def test_facts_follow_from_the_parts() -> None:
    parts = (member("a"), member("b", normalization="half"), rule_part("votes", 2))
    facts = ensemble_facts(parts)
    assert facts["architecture"] == (
        "net a + net b, one vote each, ties by the logits, ends where the first 2 agree"
    )
    assert facts["normalization"] == "none + half"
    assert facts["class_names"] == ("class 0", "class 1")
    assert facts["input_shape"] == (1, 8, 8)
    assert len(members_of(parts)) == 2 and not unlike(parts)
    assert unlike((member("a"), member("b", input_shape=(3, 8, 8)))) == ["input_shape"]
