"""What a server announces before it gets anything, and what a client checks of it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from engine.core.errors import UserError
from engine.core.records import ModelIdentity, Record
from engine.encrypted.comparison import DOUBT, in_doubt
from engine.encrypted.parameters import (
    Answer,
    Estimate,
    Parameters,
    budget,
    choose,
    comparisons,
    estimate,
)
from engine.encrypted.quadratic import (
    LARGEST,
    MOST_CLASSES,
    MOST_FEATURES,
    MOST_HIDDEN,
    Quadratic,
)

PROTOCOL = 1
LEAST_BUDGET = 1.0


class Terms(Record):
    """How a server answers.

    Attributes:
        answer: encrypted scores, or comparisons of every two classes.
        parameters: of keys and ciphertexts.
        features: values of x', the 1 included: ciphertexts of one batch.
        hidden: units of the square layer; 0 for none.
        classes: that are told apart.
        steep: polynomials of a comparison before the last; 0 for scores.
        limit: largest norm of x' that is taken; a sample beyond it is not sent.
        error: the lead that a score must have over every other to be counted, or how far a bit may
            be from 0 or 1.
    """

    answer: Answer
    parameters: Parameters
    features: int = Field(ge=2, le=MOST_FEATURES)
    hidden: int = Field(ge=0, le=MOST_HIDDEN)
    classes: int = Field(ge=2, le=MOST_CLASSES)
    steep: int = Field(default=0, ge=0, le=4)
    limit: float = Field(gt=0, allow_inf_nan=False)
    error: float = Field(gt=0, allow_inf_nan=False)

    @property
    def columns(self) -> int:
        """Numbers in the answer to a sample."""
        pairs = self.classes * (self.classes - 1) // 2
        return pairs if self.answer == "bits" else self.classes

    @property
    def largest(self) -> float:
        """Number in the answer."""
        return 1.0 if self.answer == "bits" else LARGEST

    def estimate(self, votes: int) -> Estimate:
        """What so many votes take."""
        return estimate(
            self.parameters,
            self.answer,
            features=self.features,
            hidden=self.hidden,
            classes=self.classes,
            votes=votes,
            largest=self.largest,
        )

    def check(self) -> None:
        """Refuse terms that are not secure, or under which the numbers would not fit.

        Raises:
            UserError: naming what is wrong.
        """
        self.parameters.check()
        left = budget(self.parameters, self.answer, hidden=self.hidden > 0, largest=self.largest)
        if left < LEAST_BUDGET:
            raise UserError(
                f"The modulus of {self.parameters.usable} bits is too small for a scale of "
                f"2^{self.parameters.scale}: {-left:.0f} bits are missing."
            )
        if self.answer == "bits" and self.steep != comparisons(3 if self.hidden else 1):
            raise UserError("The server announces another number of comparisons than fit.")
        if self.answer == "bits" and self.error != DOUBT:
            raise UserError(
                f"The server announces bits that are in doubt from {self.error:g} on; they are "
                f"from {DOUBT:g} on."
            )


class Announcement(Record):
    """What a server says first.

    Attributes:
        protocol: of the messages.
        model: whose scores are computed, as its owner states it.
        terms: one for each way in which it answers.
    """

    protocol: int
    model: ModelIdentity
    terms: tuple[Terms, ...] = Field(min_length=1, max_length=2)

    def chosen(self, answer: Answer) -> Terms:
        """The terms for an answer, checked.

        Raises:
            UserError: the server does not answer so, or its terms do not fit its model.
        """
        found = next((terms for terms in self.terms if terms.answer == answer), None)
        if found is None:
            raise UserError(
                f"The server does not answer with {answer}; it answers with "
                f"{' or '.join(terms.answer for terms in self.terms)}."
            )
        found.check()
        size = 1
        for side in self.model.input_shape:
            size *= side
        if (found.features - 1, found.classes) != (size, len(self.model.class_names)):
            raise UserError(
                f"The server announces {found.features - 1} values and {found.classes} classes for "
                f"a model of {size} values and {len(self.model.class_names)} classes."
            )
        return found


@dataclass(frozen=True)
class Offer:
    """Terms, and the model scaled and rounded for them.

    Attributes:
        terms: as announced.
        model: that is evaluated.
    """

    terms: Terms
    model: Quadratic

    @classmethod
    def of(cls, model: Quadratic, answer: Answer) -> Offer:
        """The offer of a model for one way to answer.

        Raises:
            UserError: its classes cannot be told apart.
        """
        features, hidden, classes = model.sizes
        parameters = choose(answer, hidden=hidden > 0)
        scores = model.for_scores()
        scaled = scores if answer == "scores" else model.for_comparisons()
        terms = Terms(
            answer=answer,
            parameters=parameters,
            features=features,
            hidden=hidden,
            classes=classes,
            steep=comparisons(3 if hidden else 1) if answer == "bits" else 0,
            limit=model.limit,
            error=DOUBT if answer == "bits" else scores.error(parameters),
        )
        terms.check()
        if answer == "bits" and not in_doubt(scaled.comparison_error(parameters), terms.steep):
            raise UserError(
                "The weights of the model's two layers are of such different sizes that rounding "
                "them may turn a comparison; scale one layer up and the other down."
            )
        return cls(terms, scaled.rounded(parameters.scale))
