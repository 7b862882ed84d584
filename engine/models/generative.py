"""A generative model, with an oracle behind it, as a base classifier.

The composite (oracle after model) is a function of the noised image like any other classifier,
so that its certificate needs no assumption about the oracle (research: Cohen et al. 2019 holds for
any base function). What is true of the answer is another matter: ``engine.certificates.oracle``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from engine.core.batches import alike
from engine.core.errors import OracleRequired, UserError
from engine.core.records import Generation, ModelIdentity, PartIdentity
from engine.inputs.base import FittedInput
from engine.inputs.coding import Coding
from engine.models.base import NO_CLASS, Classifier
from engine.models.input_layout import clean
from engine.models.request import MOST_TOKENS, USUAL_TOKENS, ModelRequest
from engine.oracles import Oracle, load_oracle
from engine.schemes import Scheme

_SHOWN = 80


class TextGenerator(ABC):
    """A generative model one answer to every image, deterministically (greedy decoding)."""

    coding: Coding | None = None
    """What it reads texts with; None for images."""

    @abstractmethod
    def prepare(self, device: torch.device, precision: str) -> None:
        """Move to ``device`` and set the arithmetic.

        Raises:
            UserError: it cannot run there.
        """

    @abstractmethod
    def answers(self, batch: torch.Tensor) -> list[str | None]:
        """The answers to a batch: noised images (B, C, H, W) in [0, 1], or tokens (B, L).

        None where the model's scores are not finite: that is a failure and no answer.
        """

    def unload(self) -> None:  # noqa: B027 - as in Classifier
        """Give the device's memory back."""


class GenerativeClassifier(Classifier):
    """Noised images to answers, answers to classes.

    Args:
        generator: the model.
        oracle: fixed before the first sample, except for a reference answer that is the model's
            own to the clean input (:meth:`bound_to`).
        identity: of the composite.
    """

    def __init__(self, generator: TextGenerator, oracle: Oracle, identity: ModelIdentity) -> None:
        self.generator = generator
        self.oracle = oracle
        self.identity = identity
        self._said: tuple[str | None, ...] = ()

    @property
    def coding(self) -> Coding | None:
        """What the model reads texts with."""
        return self.generator.coding

    def prepare(self, device: torch.device, precision: str) -> None:
        """Make the model and the oracle ready."""
        self.generator.prepare(device, precision)
        self.oracle.prepare(str(device))

    def bound_to(self, fitted: FittedInput, scheme: Scheme | None = None) -> Classifier:
        """With the model's answer to the clean input as reference, where the oracle needs one."""
        if not self.oracle.needs_reference:
            return self
        self.generator.prepare(torch.device("cpu"), "fp32")
        image = clean(torch.from_numpy(fitted.arrays[0]), self.identity.encoding)
        with torch.inference_mode():
            answer = self.generator.answers(alike(image, lambda part: part[None]))[0]  # type: ignore[arg-type]
        oracle = self.oracle.with_reference(answer or "")
        shown = " ".join((answer or "").split())[:_SHOWN]
        notes = (*self.identity.notes, f"reference answer, fixed before sampling: '{shown}'")
        return GenerativeClassifier(
            self.generator, oracle, self.identity.model_copy(update={"notes": notes})
        )

    def classify(self, batch: Any) -> torch.Tensor:
        """Class indices (B,); NO_CLASS where the model failed to answer."""
        said = self.generator.answers(batch)
        classes = iter(self.oracle.classify([text for text in said if text is not None]))
        self._said = tuple(said)
        found = [NO_CLASS if text is None else next(classes) for text in said]
        return torch.tensor(found, dtype=torch.int64, device=batch.device)

    def said(self) -> Sequence[str | None]:
        """The answers behind the last batch's classes."""
        return self._said

    def scores(self, batch: Any) -> torch.Tensor:
        """1 for the answer's class and 0 for the others; NaN throughout where there is none."""
        classes = self.classify(batch)
        count = len(self.identity.class_names)
        scores = torch.zeros(len(classes), count, device=classes.device)
        scores.scatter_(1, classes.clamp(min=0)[:, None], 1.0)
        scores[classes < 0] = torch.nan
        return scores

    def unload(self) -> None:
        """Give the device's memory back."""
        self.generator.unload()


def composite(
    generator: TextGenerator, oracle: Oracle, identity: ModelIdentity, request: ModelRequest
) -> GenerativeClassifier:
    """A classifier of a generative model.

    Args:
        generator: the model.
        oracle: turns its answers into classes.
        identity: of the model alone; its digest, classes and notes become the composite's.
        request: names prompt and longest answer.
    """
    generation = Generation(prompt=request.prompt, max_new_tokens=longest_answer(request))
    told = oracle.identity
    weights = PartIdentity(role="weights", name=identity.name, sha256=identity.sha256)
    notes = (
        *identity.notes,
        f"oracle: {told.summary} ({told.source}, sha256 {told.sha256[:12]})",
        f"greedy decoding, at most {generation.max_new_tokens} new tokens",
    )
    if request.prompt:
        notes = (*notes, f"prompt: {request.prompt}")
    known = {
        "generation": generation,
        "parts": (weights, told.part()),
        "class_names": told.class_names,
        "notes": notes,
    }
    whole = identity.model_copy(update=known)
    named = whole.model_copy(update={"sha256": whole.composed_sha256()})
    return GenerativeClassifier(generator, oracle, named)


def longest_answer(request: ModelRequest) -> int:
    """How many tokens an answer may have.

    Raises:
        UserError: out of range.
    """
    if not 0 <= request.max_new_tokens <= MOST_TOKENS:
        raise UserError(
            f"--max-new-tokens must be between 1 and {MOST_TOKENS:,} "
            f"(it was {request.max_new_tokens:,})."
        )
    return request.max_new_tokens or USUAL_TOKENS


def oracle_for(path: Path, request: ModelRequest) -> Oracle:
    """The oracle that was asked for, or the one that lies beside the model.

    Raises:
        OracleRequired: there is neither.
        UserError: it describes none, or class names were given for what the oracle names.
    """
    if request.class_names is not None:
        raise UserError("The oracle names the classes of a generative model; omit --class-names.")
    if request.oracle is not None:
        return load_oracle(request.oracle)
    beside = path / "oracle.txt" if path.is_dir() else path.with_suffix(".oracle.txt")
    if beside.is_file():
        return load_oracle(beside, source=beside.name)
    raise OracleRequired(
        f"{path} writes answers; name the file that turns them into classes with --oracle "
        "(lines such as 'turn left: left, go left')."
    )
