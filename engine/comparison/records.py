"""Who is compared, by which short names, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import (
    BeforeValidator,
    Field,
    InstanceOf,
    PlainSerializer,
    SerializeAsAny,
    model_validator,
)

from engine.core.nouns import of_kind
from engine.core.records import ModelIdentity, Record
from engine.core.scores import SOFT
from engine.evidence.evidence import Evidence
from engine.evidence.setting_fields import N0, Alpha, CertifyBound, N, NoiseMode, read_scheme
from engine.figures.comparison import Share
from engine.models.request import ModelRequest
from engine.models.request_text import request_json, request_of, request_options, request_words
from engine.regions import Perturbation, Region
from engine.schemes import Scheme
from engine.schemes.attacker import Attacker, attack_of


class Candidate(Record):
    """A smoothed classifier: a base model and the noise it was trained for.

    Attributes:
        model: how the base model is read: one file, several as an ensemble, with a denoiser before
            it. In a file the name alone of a model that is read as usual.
        name: for people.
        scheme: the smoothing.
    """

    model: Annotated[
        InstanceOf[ModelRequest], BeforeValidator(request_of), PlainSerializer(request_json)
    ]
    name: str
    scheme: Annotated[SerializeAsAny[Scheme], BeforeValidator(read_scheme)]

    @property
    def kind(self) -> str:
        """What it is called where it is no single model: an ensemble, or denoised; else nothing."""
        count = len(self.model.members)
        behind = f", behind {Path(self.model.denoiser).name}" if self.model.denoiser else ""
        return f"ensemble of {count}{behind}" if count else self.name if behind else ""

    @property
    def noise_in_words(self) -> str:
        """The law of the noise, of pixels: schemes are compared on images."""
        return of_kind(self.scheme.noise_in_words(), "image")

    @property
    def spelled(self) -> str:
        """How the base model is named, as ``certiscope compare --candidate`` reads it."""
        return request_words(self.model)


class Outcome(Record):
    """What one candidate could say of one input: a region only beside a class.

    Attributes:
        input: as it was named.
        label: its class, as the model counts; None where it is not known.
        predicted_class: the certified class; None when abstaining.
        class_name: its name.
        region: what is certified.
        label_name: name of the label.
    """

    input: str
    label: int | None = Field(ge=0)
    predicted_class: int | None = Field(ge=0)
    class_name: str | None
    region: Region | None
    label_name: str | None = None

    @model_validator(mode="after")
    def _of_a_class(self) -> Outcome:
        if self.region is not None and self.predicted_class is None:
            raise ValueError(f"A region is certified of {self.input}, and no class")
        return self

    @classmethod
    def of(cls, evidence: Evidence) -> Outcome:
        """From a run's evidence."""
        return cls(
            input=evidence.input.source,
            label=evidence.input.label,
            predicted_class=evidence.predicted_class,
            class_name=evidence.class_name,
            region=evidence.region,
            label_name=evidence.input.label_name,
        )

    @property
    def correct(self) -> bool:
        """Whether the certified class is the label; where there is none, any certified class."""
        certified = self.predicted_class is not None
        return certified and self.label in (None, self.predicted_class)

    def withstands(self, attack: Perturbation) -> bool:
        """Whether the answer is right and certified against an attack in the scheme's terms."""
        return self.correct and self.region is not None and self.region.contains(attack)


_SOFT = (
    "Under the soft bound the class with the highest mean score is certified, which is another "
    "function than the most frequent prediction."
)


class TradeOff(Record):
    """Candidates on the same inputs.

    Attributes:
        candidates: who was compared.
        outcomes: for each candidate, for each input.
        inputs: how many inputs there are in all; fewer outcomes so far than that mean that the
            comparison goes on, or was stopped.
        n0, n, alpha, bound, noise, seed: of every run; alpha is for each statement by itself.
        shapes: of the first input as each candidate takes it; none where that is not recorded.
        models: each base model as it answered first, with its members and rule, its denoiser and
            time step; only those that have answered, and none in files of earlier versions.
        available: how many inputs the set has, of which ``inputs`` were drawn by lot
            (``engine.inputs.drawn``, by ``seed``); None in files of earlier versions, which took
            the first ones.
    """

    candidates: tuple[Candidate, ...]
    outcomes: tuple[tuple[Outcome, ...], ...]
    inputs: int = Field(ge=1)
    n0: N0
    n: N
    alpha: Alpha
    bound: CertifyBound = "anytime"
    noise: NoiseMode = "float"
    seed: int
    shapes: tuple[tuple[int, ...], ...] = ()
    models: tuple[ModelIdentity, ...] = ()
    available: int | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> TradeOff:
        """What no comparison can have come to is refused: shares and winners follow from it."""
        count = len(self.candidates)
        if len(self.outcomes) != count:
            raise ValueError(f"{count} candidates have {len(self.outcomes)} rows of outcomes")
        if max(len(self.shapes), len(self.models)) > count:
            raise ValueError(f"{count} candidates have more shapes or models than that")
        if self.available is not None and self.available < self.inputs:
            raise ValueError(f"{self.inputs} inputs are drawn from {self.available}")
        longest = max(self.outcomes, key=len, default=())
        if len(longest) > self.inputs:
            raise ValueError(f"{len(longest)} outcomes are of {self.inputs} inputs")
        for one, found in zip(self.candidates, self.outcomes, strict=True):
            self._check(one, found, longest)
        return self

    def _check(self, one: Candidate, found: Sequence[Outcome], order: Sequence[Outcome]) -> None:
        """Outcomes of the same inputs in one order, with regions of the candidate's scheme."""
        kind = one.scheme.region_type
        for place, (outcome, other) in enumerate(zip(found, order, strict=False)):
            if outcome.input != other.input:
                raise ValueError(
                    f"Outcome {place} of {one.name} is of {outcome.input}, and that of another "
                    f"candidate of {other.input}"
                )
            if outcome.region is not None and not isinstance(outcome.region, kind):
                raise ValueError(
                    f"The scheme '{one.scheme.key}' of {one.name} certifies no "
                    f"{outcome.region.kind}"
                )

    @property
    def chosen_in_words(self) -> str:
        """E.g. ``drawn by lot from 1,797 by seed 5``; empty where that is not so, or not known."""
        if self.available is None or self.available <= self.inputs:
            return ""
        return f"drawn by lot from {self.available:,} by seed {self.seed}"

    @property
    def remark(self) -> str:
        """What is to be known of the comparison, in sentences; empty if nothing is."""
        return " ".join(filter(None, (self._of_sizes(), _SOFT * (self.bound == SOFT))))

    def _of_sizes(self) -> str:
        sizes = dict.fromkeys(shape[1:] for shape in self.shapes if len(shape) > 2)
        if len(sizes) < 2:
            return ""
        named = ", ".join(" × ".join(map(str, size)) for size in sizes)
        return (
            f"The models take images of different sizes ({named}): a pixel and an l2 norm are not "
            "the same change for each of them."
        )

    @property
    def done(self) -> int:
        """How many inputs all candidates have answered."""
        return min((len(found) for found in self.outcomes), default=0)

    @property
    def first_input(self) -> str:
        """Name of the first input; empty before its first outcome."""
        return next((found[0].input for found in self.outcomes if found), "")

    @property
    def labelled(self) -> bool:
        """Whether the right answer is known of every input."""
        return all(one.label is not None for found in self.outcomes for one in found)

    def compared(self, candidate: int) -> tuple[Outcome, ...]:
        """What counts in a share: inputs that all have answered, and the first one at once."""
        return self.outcomes[candidate][: max(1, self.done)]

    def answered(self, candidate: int) -> Share | None:
        """Inputs that a candidate answers, correctly where the answer is known; None before any."""
        found = self.compared(candidate)
        return Share.of_inputs(sum(one.correct for one in found), len(found))

    def attack(self, candidate: int, attacker: Attacker) -> Perturbation | None:
        """What covers the attacker in the terms of a candidate; None if these are others."""
        shape = self.shapes[candidate] if candidate < len(self.shapes) else ()
        return attack_of(self.candidates[candidate].scheme, attacker, shape)

    def certified(self, candidate: int, attacker: Attacker) -> Share | None:
        """Those of them that are certified against ``attacker``; None before any input."""
        found = self.compared(candidate)
        attack = self.attack(candidate, attacker)
        if attack is None:
            return None
        return Share.of_inputs(sum(one.withstands(attack) for one in found), len(found))

    def verdict(self, candidate: int, attacker: Attacker) -> tuple[bool, str]:
        """Whether the first input's answer is right and withstands the attacker, and in words."""
        outcome = next(iter(self.outcomes[candidate]), None)
        attack = self.attack(candidate, attacker)
        if outcome is None or attack is None:
            return False, "not asked yet"
        if outcome.predicted_class is None:
            return False, "abstains"
        answer = f"predicts '{outcome.class_name}'"
        if not outcome.correct:
            return False, f"{answer}, but it is '{outcome.label_name or outcome.label}'"
        if outcome.withstands(attack):
            return True, f"withstands it: stays '{outcome.class_name}'"
        return False, f"{answer}, not certified against it"

    def winners(self, attacker: Attacker) -> list[int]:
        """The candidates with the highest certified accuracy, none if nobody certifies anything."""
        found = [self.certified(i, attacker) for i in range(len(self.candidates))]
        shares = [0.0 if share is None else share.value for share in found]
        best = max(shares, default=0.0)
        return [i for i, share in enumerate(shares) if share == best] if best > 0 else []


def names(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The name of each; different models of one name are told apart by how they are read."""
    return _told_apart([one.name for one in candidates], candidates)


def labels(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """Scheme and name of each in one text, as :func:`captions` gives them."""
    return tuple(", ".join(filter(None, each)) for each in captions(candidates))


def captions(candidates: Sequence[Candidate]) -> tuple[tuple[str, str], ...]:
    """The scheme of each, with the parameters that tell it from others of its kind, and a name.

    Models that share all of these are told apart by their own names, and where they share these
    too by how they are read; the others need none, and have an empty one. An ensemble or a denoised
    model is always called so.
    """
    short = [_label(one, candidates) for one in candidates]
    often = Counter(short)
    named = [
        one.kind or (one.name if often[text] > 1 else "")
        for text, one in zip(short, candidates, strict=True)
    ]
    whole = [f"{text}, {name}" for text, name in zip(short, named, strict=True)]
    told = _told_apart(whole, candidates)
    return tuple(
        (text, full.removeprefix(f"{text}, ") if name else "")
        for text, name, full in zip(short, named, told, strict=True)
    )


def _told_apart(texts: Sequence[str], candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """Texts that different models share, each with its rule, or with its files beside that."""
    alike: dict[str, list[ModelRequest]] = {}
    for text, one in zip(texts, candidates, strict=True):
        if one.model not in alike.setdefault(text, []):
            alike[text].append(one.model)

    def told(text: str, one: Candidate) -> str:
        rivals = alike[text]
        options = {request_options(model) for model in rivals}
        if len(rivals) < 2:
            return text
        telling = request_options(one.model) if len(options) == len(rivals) else one.spelled
        short = telling.replace("combine=", "").replace("consensus=", "consensus ")
        return f"{text} ({short or 'alone'})"

    return tuple(told(text, one) for text, one in zip(texts, candidates, strict=True))


def _label(one: Candidate, candidates: Sequence[Candidate]) -> str:
    kind = one.scheme.key.replace("-", " ").replace("gaussian", "Gaussian")
    rivals = [other.scheme for other in candidates if other.scheme.key == one.scheme.key]
    telling = [
        f"{name.replace('_', ' ')} {getattr(one.scheme, name):g}"
        for name in type(one.scheme).model_fields
        if len({getattr(rival, name) for rival in rivals}) > 1
        and isinstance(getattr(one.scheme, name), int | float)
    ]
    return ", ".join([kind[0].upper() + kind[1:], *telling])
