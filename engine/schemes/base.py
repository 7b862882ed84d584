"""The contract of a scheme: a noise law and the certificate that belongs to it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import ModelWrapValidatorHandler, ValidationError, model_serializer, model_validator

from engine.core.errors import UserError
from engine.core.fields import as_number, refusal
from engine.core.record import much_derived
from engine.core.records import Encoding, InputIdentity, ProbabilityBounds, Record
from engine.noise.law import Array, NoiseLaw
from engine.regions import Ball, Norm, Perturbation, Region, Term
from engine.schemes.facts import NO_FACTS as NO_FACTS
from engine.schemes.facts import Facts as Facts
from engine.schemes.facts import Known as Known

Family = Literal["continuous", "structure", "words and images", "semantic", "exact"]
Guarantee = Literal["individual", "for this clean image", "heuristic"]
"""``individual``: about this input, whoever made it; ``for this clean image``: about what an
attacker makes of it from here on, since it rests on a bound that only the image before gives;
``heuristic``: none, since something that the certificate needs is not bounded."""

IMPOSSIBLE = 2.0
"""A required probability that no bound reaches."""


@much_derived
class Scheme(Record, ABC):
    """A smoothing scheme: its fields are its parameters.

    The window's form, the command line's flags, the README's table and the report are made from
    the fields and the class facts below; adding a scheme is one file and one line in
    ``engine/schemes/__init__.py``. This module and the schemes import no torch at module level:
    the window lists them before torch is loaded, and a verifier never loads it.
    """

    key: ClassVar[str]
    """Name on the command line."""
    title: ClassVar[str]
    citation: ClassVar[str]
    family: ClassVar[Family] = "continuous"
    """Which part of the catalogue it belongs to."""
    group: ClassVar[str] = ""
    """Schemes of one group differ in the kernel of their words or fields alone; empty for none."""
    kernel_name: ClassVar[str] = ""
    """What its kernel is called within the group."""
    inputs: ClassVar[tuple[str, ...]]
    """Kinds of input: ``image``, ``graph``, ``text``, ``pair``, ``table``."""
    subject: ClassVar[str] = "image"
    """What is certified, in the words of a statement: ``no change of this image ...``."""
    attacker: ClassVar[str]
    """What the attacker may do to any of its inputs, in one sentence that starts with a verb."""
    randomness: ClassVar[Literal["probabilistic", "deterministic"]] = "probabilistic"
    sweeps: ClassVar[bool] = False
    """Whether it is certified over a range, by votes at many anchors (``schemes.anchored``)."""
    region_type: ClassVar[type[Region]] = Ball
    """The kind of the regions it makes, known before there is one."""
    guarantee: ClassVar[Guarantee] = "individual"
    terms: ClassVar[Mapping[str, Term]]
    """The terms of a perturbation (``--at``)."""
    unwritten: ClassVar[frozenset[str]] = frozenset()
    """Fields that are not written where they have their default: a run's noise key is made of the
    written scheme, so those that came later must not change it."""
    limits: ClassVar[tuple[str, ...]]
    """What the certificate does *not* say, one sentence each, for the report."""

    facts_of_shape: ClassVar[bool] = False
    """Whether its facts follow from the input's shape, so that a file shows them without it."""
    computed: ClassVar[bool] = False
    """Whether the claim is computed from what the model is (:meth:`compute`), not sampled."""
    reads: ClassVar[Literal["stumps", "network"]] = "stumps"
    """What a model must be for that: decision stumps, or a small network read layer by layer."""

    @property
    def counted(self) -> int | None:
        """How many samples an exact method counts; None where a run samples.

        All that a finite law has, or those that are drawn beside a computed probability.
        """
        return self.noise().samples

    @property
    def mapped(self) -> bool:
        """Whether a small network is bounded over cells of parameters, and no probability is."""
        return self.computed and self.reads == "network"

    @property
    def most_cells(self) -> int:
        """Cells that are bounded one by one, at most; 0 where nothing is mapped."""
        return 0

    @abstractmethod
    def noise(self) -> NoiseLaw:
        """The law of its noise, with these parameters."""

    def prepare(self, x: Sequence[Array]) -> Facts:
        """Bounds that depend on the input, such as errors of interpolation; by default none.

        A run works them out once and records them; a verifier who has the input does so again.

        Args:
            x: the parts of the input as the model takes it.
        """
        del x
        return NO_FACTS

    def compute(self, x: Sequence[Array], model: object) -> Facts:
        """Facts that decide the claim, of a scheme whose probabilities are computed.

        Args:
            x: the parts of the input as the model takes it.
            model: what the model is, an ensemble of stumps or a small network; None for any other.

        Raises:
            UserError: the model is none that the scheme can compute with.
        """
        del model
        return self.prepare(x)

    def computing(self, x: Sequence[Array], model: object) -> Iterator[Facts]:
        """The same bit by bit: facts that hold already, the last of which are all."""
        yield self.compute(x, model)

    def confirmed(self, x: Sequence[Array], model: object, facts: Facts) -> Facts:
        """What a verifier finds in the place of recorded facts; the same ones where they hold."""
        del facts
        return self.compute(x, model)

    def known(self, facts: Facts) -> Known | None:
        """The class and its mass of a computed probability; None where it is sampled."""
        del facts
        return None

    @abstractmethod
    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Region | None:
        """The certified region, or None where nothing is certified.

        Args:
            bounds: on the smoothed probabilities.
            facts: of the input (:meth:`prepare`). Without them it claims nothing that needs them.
        """

    def heuristic(self, bounds: ProbabilityBounds) -> Region | None:
        """What would be certified if what is left open held; no claim, and by default nothing."""
        del bounds
        return None

    def region_then(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Region | None:
        """What files of earlier programs soundly claim where :meth:`region` is None."""
        return self.region(bounds, facts)

    def utmost(self, bounds: ProbabilityBounds) -> Region | None:
        """What such bounds could certify of any input, for maps and plans; no claim."""
        return self.region(bounds)

    @abstractmethod
    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """Smallest p_lower that certifies ``perturbation`` against one half."""

    def rests_on(self, facts: Facts) -> tuple[tuple[str, str, str], ...]:
        """Rows of a report on what its certificate rests on beside the votes: name, value, note."""
        del facts
        return ()

    def over_a_set(self, facts: Sequence[Facts], alpha: float) -> tuple[str, ...]:
        """What the facts of all inputs of a set say of their population, wrong with ``alpha``."""
        del facts, alpha
        return ()

    def remarks(self, facts: Facts) -> tuple[str, ...]:
        """What to say of the facts of an input: sentences, by default none."""
        del facts
        return ()

    def transformed(self, x: Array, moves: Perturbation) -> Array | None:
        """An input after a perturbation that leaves an attacker no choice; else None."""
        del x, moves
        return None

    @classmethod
    def attacker_of(cls, kind: str) -> str:
        """What the attacker may do to an input of one kind."""
        del kind
        return cls.attacker

    def attacker_in_words(self, kind: str) -> str:
        """The same with these parameters, such as a norm."""
        return self.attacker_of(kind)

    @classmethod
    def limits_of(cls, kind: str) -> tuple[str, ...]:
        """What the certificate of an input of one kind does not say."""
        del kind
        return cls.limits

    def stated_terms(self) -> Mapping[str, Term]:
        """The terms with what these parameters say of them, such as their norm."""
        return self.terms

    def required_probabilities(self, perturbations: Sequence[Perturbation]) -> list[float]:
        """The same for ever stronger perturbations; past the first hopeless one none is asked.

        Schemes that work many out at once do so here: the live map is made of these.
        """
        found: list[float] = []
        for perturbation in perturbations:
            done = bool(found) and found[-1] >= 1
            found.append(IMPOSSIBLE if done else self.required_probability(perturbation))
        return found

    def unchanged(self, class_name: str) -> str:
        """What is certified of the unchanged input alone."""
        return f"the smoothed model's prediction is '{class_name}'"

    def effect(self, class_name: str) -> str:
        """What no certified change does, in the words of a statement."""
        return f"changes the smoothed model's prediction '{class_name}'"

    def predicted_in_words(self) -> str:
        """What PREDICT returns, as the beginning of a sentence."""
        return "the smoothed model's prediction"

    def deciding_in_words(self) -> str:
        """How the smoothed classifier decides, after ``the smoothed classifier g, which ...``."""
        return "predicts the class that is most probable under the noise"

    def about_in_words(self) -> str:
        """Whose decision a certificate is about, as a sentence."""
        return (
            f"It is about the smoothed classifier g, which {self.deciding_in_words()}, not about "
            "the base model used alone."
        )

    def shortfall_in_words(self, facts: Facts = NO_FACTS) -> str:
        """Why a class that leads is not certified, where that is no matter of one half."""
        del facts
        return ""

    def because_in_words(self) -> str:
        """What a computed claim rests on."""
        return "the probability is computed and nothing rests on samples"

    def rule_in_words(self) -> str:
        """When a certificate is issued, as a sentence."""
        return "The statement is made only if p lower exceeds p upper."

    def kept_in_words(self) -> str:
        """What a certificate says of a changed input."""
        return "It says that the prediction stays, not that the prediction is right."

    def noise_in_words(self) -> str:
        """The noise law, e.g. ``Gaussian, sigma 0.50 (pixels in [0,1])``, and what it is for."""
        return self.noise().in_words()

    def layouts(self, shape: tuple[int, ...]) -> dict[Encoding, tuple[int, ...]]:
        """Shapes that a noised input of ``shape`` may take, by the encoding that a model wants."""
        return {"plain": shape}

    def check_input(self, given: InputIdentity) -> None:
        """Refuse an input that the parameters do not fit.

        Raises:
            UserError: naming the parameter and the value that fits.
        """

    def check_facts(self, facts: Facts, given: InputIdentity) -> None:
        """Refuse recorded facts that the form of the input contradicts.

        Raises:
            UserError: naming the fact.
        """

    def check_alone(self) -> None:
        """Refuse to certify where no input is at hand, if that needs a parameter that is not given.

        Raises:
            UserError: naming it.
        """

    def for_input(self, given: InputIdentity) -> Self:
        """The same with what the input decides filled in, for plans; runs record it as facts."""
        del given
        return self

    @classmethod
    def suited_to(cls, given: InputIdentity) -> dict[str, Any]:
        """Values for the fields that depend on the input, such as its number of pixels.

        A form takes them up when the input is there; by default there are none.
        """
        del given
        return {}

    def covering(self, *, entities: int, sizes: Mapping[Norm, float]) -> Perturbation | None:
        """What covers every change of at most ``entities`` pixels and of these norms.

        Args:
            entities: pixels.
            sizes: the largest norm of a change in l1, l2 and linf, each of which holds.

        Returns:
            A perturbation in the scheme's own terms; None if they speak of something else.
        """
        known = {"entities": float(entities), "epsilon": sizes["l2"]}
        if "entities" not in self.terms or not set(self.terms) <= set(known):
            return None
        return {term: known[term] for term in self.terms}

    def at_deviation(self, sigma: float) -> Self | None:
        """The scheme whose noise has that standard deviation in every number; None without one."""
        del sigma
        return None

    def idle(self) -> frozenset[str]:
        """Fields that decide nothing beside the values of others: reports leave them out."""
        return frozenset()

    def drawn(self, mode: str) -> NoiseLaw:
        """The law as a run draws it in a noise mode, ``float`` or ``exact``.

        Raises:
            UserError: exact noise was asked of a law that has none.
        """
        law = self.noise()
        if mode == "exact" and law.exact() is None:
            raise UserError(f"The scheme '{self.key}' has no exact noise; choose --noise float.")
        return law.in_mode(mode)

    def parse_at(self, text: str, *, name: str = "--at") -> Perturbation:
        """A perturbation from ``--at``: ``radius=0.25`` or ``additions=1,deletions=2``.

        Args:
            text: what was given.
            name: of the flag, for the refusal.

        Raises:
            UserError: an unknown term, one given twice or missing, a value that it does not take.
        """
        known, given = self.known_terms(), f"{name} {text}"
        found: Perturbation = {}
        for part in text.split(","):
            term, _, value = part.partition("=")
            term = term.strip()
            if term not in known:
                raise UserError(
                    f"{given}: {self.key} knows the terms {', '.join(known)}, not '{term}'."
                )
            if term in found:
                raise UserError(f"{given}: {term} is given twice; name each term once.")
            found[term] = self._value(given, term, value)
        if missing := self.missing(found):
            wanted = ", ".join(self.terms)
            raise UserError(f"{given}: {', '.join(missing)} is missing ({wanted} are needed).")
        return found

    def known_terms(self) -> tuple[str, ...]:
        """What :meth:`parse_at` takes, with these parameters."""
        return tuple(self.terms)

    def missing(self, found: Perturbation) -> list[str]:
        """The terms without which ``found`` is not a perturbation."""
        return [term for term in self.terms if term not in found]

    def _value(self, given: str, name: str, text: str) -> float:
        term = self.terms.get(name, Term(""))
        try:
            value = float(as_number(text, "float"))
        except ValueError:
            raise UserError(f"{given}: '{text}' is not a number.") from None
        if not math.isfinite(value) or (value < 0 and not (term.signed or term.factor)):
            limit = "" if term.signed else " >= 0"
            raise UserError(f"{given}: {name} must be a finite number{limit}.")
        if term.factor and value <= 0:
            raise UserError(f"{given}: {name} must be above 0; {name}=1 changes nothing.")
        if term.whole and value != int(value):
            raise UserError(f"{given}: {name} must be a whole number.")
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _in_a_sentence(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """What cannot be is refused in a sentence, whoever makes the scheme."""
        try:
            return handler(values)
        except ValidationError as error:
            raise refusal(error) from error

    @model_serializer(mode="wrap")
    def _with_key(self, handler: Any) -> dict[str, Any]:
        written = handler(self).items()
        usual = {name: type(self).model_fields[name].default for name in self.unwritten}
        kept = {name: v for name, v in written if name not in usual or v != usual[name]}
        return {"key": self.key, **kept}
