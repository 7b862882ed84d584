"""Ensembles: several classifiers that answer as one.

With the scores l_1(x), ..., l_L(x) of the members, the class of an ensemble is the argmax of their
sum (``logits``), of the sum of their softmax (``softmax``), or of their votes, ties by the sum of
the logits (``votes``). With a consensus of K the first K members are asked alone; where they name
the same class it is the answer, and the others are asked only about the rest (Horvath, Mueller,
Fischer and Vechev, ICLR 2022). That is another function than the whole ensemble, deterministic like
it, and a certificate is about the very one that was asked: members, order, rule and K are part of
its identity.

A member is asked in eval mode about the same noisy sample as the others; a sample for which any
member that is asked names no class has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

import torch

from engine.core.batches import alike
from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.encrypted.address import PREFIX
from engine.inputs.base import FittedInput
from engine.inputs.coding import Coding
from engine.models.base import NO_CLASS, NOT_ASKED, Classifier
from engine.models.members import ensemble_facts, member_part, rule_part
from engine.models.request import Combine
from engine.schemes import Scheme

_SMALLEST = 1e-12
_ALIKE = {
    "kind": "take another kind of input",
    "input_shape": "take inputs of another shape",
    "encoding": "are told otherwise which pixels are noised",
    "resize": "bring images to their size in another way",
    "class_names": "name other classes, or in another order",
}


class Ensemble(Classifier):
    """Several classifiers as one.

    Args:
        members: at least two, with the same classes, inputs and layout.
        combine: how their scores become one answer.
        consensus: K of the rule above; 0 asks all of every sample.

    Raises:
        UserError: fewer than two members, they do not fit together, or there is no such rule.
    """

    def __init__(
        self, members: Sequence[Classifier], combine: str = "logits", consensus: int = 0
    ) -> None:
        self.members = tuple(members)
        self.combine, self.consensus = checked_rule(len(members), combine, consensus)
        self.identity = _identity([each.identity for each in members], self.combine, consensus)
        if any(each.coding != members[0].coding for each in members):
            raise UserError("The members of an ensemble read their texts or tables differently.")
        self._answers: torch.Tensor | None = None
        self._scores: torch.Tensor | None = None

    @property
    def coding(self) -> Coding | None:
        """What all members read texts or tables with."""
        return self.members[0].coding

    @property
    def differentiable(self) -> bool:
        """Gradients reach the input through every member."""
        return all(each.differentiable for each in self.members)

    def prepare(self, device: torch.device, precision: str) -> None:
        """Make every member ready."""
        for each in self.members:
            each.prepare(device, precision)

    def bound_to(self, fitted: FittedInput, scheme: Scheme | None = None) -> Classifier:
        """Of members that are bound to the input, where they need that."""
        bound = [each.bound_to(fitted, scheme) for each in self.members]
        if all(one is each for one, each in zip(bound, self.members, strict=True)):
            return self
        return Ensemble(bound, self.combine, self.consensus)

    def scores(self, batch: Any) -> torch.Tensor:
        """Scores (B, K) whose argmax is the ensemble's class; NaN where a member names none.

        They are near each other wherever the class might change for a member's rounding, also
        where that changes the class in a jump: a vote, or whether the first members agree. With
        gradients, the plain sum over all members.
        """
        every = [each.scores(batch) for each in self.members[: self.consensus or None]]
        if torch.is_grad_enabled() and any(scores.requires_grad for scores in every):
            every += [each.scores(batch) for each in self.members[len(every) :]]
            whole = torch.stack(every)
            return (torch.softmax(whole, dim=2) if self.combine == "softmax" else whole).sum(dim=0)
        stacked = torch.stack(every)
        named = _Named.of(stacked)
        self._answers, self._scores = named.answers, stacked
        if self.consensus:
            return self._agreed(stacked, named.answers, batch)
        return _decided(stacked, named, self.combine)

    @property
    def soft(self) -> bool:
        """Scores of votes, or of members of whom only some are asked, are no shares."""
        return self.combine != "votes" and not self.consensus and all(m.soft for m in self.members)

    def shares(self, scores: torch.Tensor) -> torch.Tensor:
        """The mean of the members' softmax, or the softmax of their summed logits."""
        if self.combine == "softmax":
            return scores.double() / len(self.members)
        return super().shares(scores)

    def member_answers(self) -> torch.Tensor | None:
        """The members' classes (L, B) of the last batch."""
        return self._answers

    def member_scores(self) -> torch.Tensor | None:
        """Scores of the last batch, of all members or of those that have to agree."""
        return self._scores

    def unload(self) -> None:
        """Give the device's memory back."""
        for each in self.members:
            each.unload()

    def _agreed(self, first: torch.Tensor, named: torch.Tensor, batch: Any) -> torch.Tensor:
        """The answer of the first K members (K, B, C) where they agree, else that of all."""
        lead = _lead(first).amin(dim=0)  # of each class over its runner-up, in the worst member
        best, top = lead.max(dim=1)
        agreed = torch.isfinite(first).all(dim=2).all(dim=0) & (best > 0)
        found = torch.zeros_like(lead).scatter_(1, top[:, None], best[:, None])
        found -= best[:, None] / 2
        left = (~agreed).nonzero()[:, 0]
        rest = self.members[self.consensus :]
        answers = top.new_full((len(rest), len(top)), NOT_ASKED)
        if len(left):
            asked = alike(batch, lambda part: part[left])
            others = [each.scores(asked)[None] for each in rest]
            stacked = torch.cat([first[:, left], *others])
            whole = _Named.of(stacked)
            found[left] = _decided(stacked, whole, self.combine, near=-best[left])
            answers[:, left] = whole.answers[self.consensus :]
        self._answers = torch.cat([named, answers])
        return found


class _Named(NamedTuple):
    """What members answered.

    Attributes:
        best: (L, B), the highest score of each.
        top: (L, B), the class that has it.
    """

    best: torch.Tensor
    top: torch.Tensor

    @classmethod
    def of(cls, stacked: torch.Tensor) -> _Named:
        """By members' scores (L, B, C)."""
        return cls(*stacked.max(dim=2))

    @property
    def answers(self) -> torch.Tensor:
        """(L, B): the classes, NO_CLASS where the winning score is not finite."""
        return torch.where(torch.isfinite(self.best), self.top, NO_CLASS)


def _decided(
    stacked: torch.Tensor, named: _Named, combine: str, near: torch.Tensor | None = None
) -> torch.Tensor:
    """Scores (B, C) of all members' (L, B, C).

    Args:
        stacked: the members' scores.
        named: what they say.
        combine: the rule.
        near: (B,), how far each sample was from being decided in another way.
    """
    total = logits = stacked.sum(dim=0)
    if combine == "softmax":
        # along a short last axis a softmax takes twenty times as long as along one before it
        total = torch.softmax(stacked.transpose(1, 2).contiguous(), dim=1).sum(dim=0).T
    elif combine == "votes":
        total, switch = _voted(stacked, named, logits)
        near = switch if near is None else torch.minimum(near, switch)
    if near is not None:
        total = _no_wider(total, near)
    return total + (0 * logits).sum(dim=1, keepdim=True)  # NaN where one of them is not finite


def _voted(
    stacked: torch.Tensor, named: _Named, logits: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores (B, C): the summed logits of the classes with most votes, the others behind them all.

    And (B,), the lead by which the least certain member voted.
    """
    rest = stacked.scatter(2, named.top[:, :, None], -torch.inf).amax(dim=2)
    votes = torch.zeros_like(logits).scatter_add_(1, named.top.T, torch.ones_like(rest).T)
    behind = votes < votes.amax(dim=1, keepdim=True)
    return logits.masked_fill(behind, -torch.inf), (named.best - rest).amin(dim=0)


def _no_wider(scores: torch.Tensor, near: torch.Tensor) -> torch.Tensor:
    """The same order as ``scores``, no two of them further apart than ``near``."""
    best, index = scores.max(dim=1, keepdim=True)
    behind = torch.minimum(best - scores, near.clamp(min=_SMALLEST)[:, None])
    second = behind.scatter(1, index, torch.inf).amin(dim=1, keepdim=True)
    return second / 2 - behind


def _lead(scores: torch.Tensor) -> torch.Tensor:
    """How far each class (..., C) is ahead of the best other one; negative where it is behind."""
    best, second = scores.topk(2, dim=-1).values.unbind(dim=-1)
    return scores - torch.where(scores == best[..., None], second[..., None], best[..., None])


def checked_rule(members: int, combine: str, consensus: int) -> tuple[Combine, int]:
    """How so many members answer.

    Raises:
        UserError: too few members, no such rule, or no such consensus.
    """
    if members < 2:
        raise UserError("An ensemble has at least two members; name --model more than once.")
    known: tuple[Combine, ...] = get_args(Combine)
    rule = next((name for name in known if name == combine), None)
    if rule is None:
        raise UserError(f"--combine must be one of {', '.join(known)} (it was '{combine}').")
    if consensus and not 2 <= consensus <= members:
        raise UserError(
            f"--consensus must be between 2 and the {members} members (it was {consensus}); leave "
            "it out to ask all of them."
        )
    return rule, consensus


def _identity(members: Sequence[ModelIdentity], combine: Combine, consensus: int) -> ModelIdentity:
    first = members[0]
    for each in members:
        _fits(first, each)
    made, rule = [member_part(each) for each in members], rule_part(combine, consensus)
    facts = ensemble_facts((*made, rule))
    notes = [f"ensemble of {len(members)} models: {', '.join(each.name for each in members)}"]
    notes.append(f"how they answer: {rule.name}")
    if len({each.normalization for each in members}) > 1:
        notes.append("its members are normalised differently, each as its own file says")
    if len({each.sha256 for each in made}) < len(made):
        notes.append("some of its members are the same model")
    taught = [(each.training_sigma, each.training_scheme) for each in members]
    if any(each != taught[0] for each in taught):
        levels = ", ".join(dict.fromkeys(map(_noise, members)))
        notes.append(
            f"its members were trained with different noise ({levels}): expect wrong votes"
        )
    notes += dict.fromkeys(note for each in members for note in each.notes)
    rest = members[1].name if len(members) == 2 else "others"
    whole = first.model_copy(
        update={
            "name": f"ensemble of {len(members)}: {first.name} and {rest}",
            "source": " + ".join(each.source for each in members),
            "format": "ensemble",
            "architecture": facts["architecture"],
            "parameters": sum(each.parameters for each in members),
            "normalization": facts["normalization"],
            "normalization_origin": _common(members, "normalization_origin", "detected"),
            "training_sigma": _common(members, "training_sigma", None),
            "training_scheme": _common(members, "training_scheme", None),
            "contains_code": any(each.contains_code for each in members),
            "parts": (*made, rule),
            "notes": tuple(notes),
        }
    )
    return whole.model_copy(update={"sha256": whole.composed_sha256()})


def _fits(first: ModelIdentity, other: ModelIdentity) -> None:
    """Refuse members that are not asked the same question, or answer it in other words."""
    for each in (first, other):
        if each.generation is not None:
            raise UserError(
                f"{each.name} is a generative model; an ensemble is made of classifiers."
            )
        if each.outputs is not None:
            raise UserError(f"{each.name} names no classes; an ensemble is made of classifiers.")
        if each.source.startswith(PREFIX):
            raise UserError(
                f"{each.name} is computed by a server under encryption: what is in doubt among its "
                "answers can be taken from its own votes alone; certify it by itself."
            )
        if any(part.role == "member" for part in each.parts):
            raise UserError(f"{each.name} is an ensemble; name its members one by one.")
    if first.in_memory != other.in_memory:
        raise UserError("An ensemble is made of files, or of modules in memory, not of both.")
    for name, words in _ALIKE.items():
        one, two = getattr(first, name), getattr(other, name)
        if one != two:
            shown = f" ({_short(one)} and {_short(two)})" if name != "resize" else ""
            raise UserError(
                f"{first.name} and {other.name} cannot be one ensemble: they {words}{shown}."
            )


def _noise(member: ModelIdentity) -> str:
    """What a member was trained with, in a few words."""
    scheme, sigma = member.training_scheme, member.training_sigma
    if scheme is not None:
        return f"that of {scheme.get('key')}"
    return "not known" if sigma is None else f"sigma {sigma:g}"


def _short(value: object) -> str:
    """A value in a sentence: shapes as sizes, of many names the first."""
    if isinstance(value, tuple) and value and isinstance(value[0], int):
        return "x".join(map(str, value))
    if isinstance(value, tuple):
        return ", ".join(map(str, value[:4])) + (", …" if len(value) > 4 else "")
    return str(value)


def _common(members: Sequence[ModelIdentity], name: str, other: Any) -> Any:
    values = [getattr(each, name) for each in members]
    return values[0] if all(value == values[0] for value in values) else other
