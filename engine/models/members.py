"""What an ensemble's parts say of it: which members, how they answer. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.records import ModelIdentity, PartIdentity

_WORDS = {
    "logits": "logits summed",
    "softmax": "softmax averaged",
    "votes": "one vote each, ties by the logits",
}
_DECIDES = ("sha256", "architecture", "normalization", "encoding", "input_shape", "class_names")
"""Of a member, everything that decides what it computes."""
_SHARED = ("encoding", "input_shape", "class_names")


def member_part(member: ModelIdentity) -> PartIdentity:
    """A member with everything that decides what it computes."""
    rules = member.model_dump(mode="json", include=set(_DECIDES))
    return _digested(
        PartIdentity(role="member", name=member.name, sha256="", source=member.source, rules=rules)
    )


def rule_part(combine: str, consensus: int) -> PartIdentity:
    """How the members answer as one."""
    rules = {"combine": combine, "consensus": consensus}
    return _digested(PartIdentity(role="rule", name=_told(rules), sha256="", rules=rules))


def _told(rules: dict[str, Any]) -> str:
    """A rule in words."""
    consensus = rules.get("consensus")
    ends = f", ends where the first {consensus} agree" if consensus else ""
    return _WORDS.get(str(rules.get("combine")), "unknown") + ends


def _digested(part: PartIdentity) -> PartIdentity:
    return part.model_copy(update={"sha256": part.rules_sha256})


def members_of(parts: Sequence[PartIdentity]) -> list[PartIdentity]:
    """The members among the parts of a model, in their order."""
    return [part for part in parts if part.role == "member"]


def ensemble_facts(parts: Sequence[PartIdentity]) -> dict[str, Any]:
    """What follows from the parts of an ensemble, by fields of :class:`ModelIdentity`.

    Layout and classes are those of the first member; it is no ensemble if others differ.
    """
    members = [part.rules for part in members_of(parts)]
    rule = next((part.rules for part in parts if part.role == "rule"), {})
    layers = dict.fromkeys(str(each.get("normalization")) for each in members)
    shared = {name: members[0].get(name) if members else None for name in _SHARED}
    return {
        "architecture": " + ".join(str(each.get("architecture")) for each in members)
        + f", {_told(rule)}",
        "normalization": " + ".join(layers),
        **{name: tuple(v) if isinstance(v, list) else v for name, v in shared.items()},
    }


def unlike(parts: Sequence[PartIdentity]) -> list[str]:
    """Which facts some member of an ensemble does not share with the first."""
    members = [part.rules for part in members_of(parts)]
    return [name for name in _SHARED if any(m.get(name) != members[0].get(name) for m in members)]
