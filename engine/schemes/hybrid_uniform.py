"""Gaussian noise on an image or on numbers, words or fields replaced by random others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from engine.certificates.kernels import DiscreteKernel, FieldUniform, Uniform
from engine.core.errors import UserError
from engine.core.records import InputIdentity
from engine.noise.law import Beside
from engine.noise.tokens import Substitution
from engine.regions import Term
from engine.schemes.hybrid import HYBRID, Hybrid, listed
from engine.schemes.parameter_fields import NUMBERS, PIXELS, sigma_field

_TABLE_ATTACKER = (
    "replace at most d fields by other values of their columns and change every number, as long as "
    "the whole change of the numbers has l2 norm below epsilon"
)
_TABLE_LIMITS = (
    "A field takes another value of its column, of which there are as many as its arity; it says "
    "nothing about values that the column does not have.",
    "Norms are in standard deviations of the columns, which are listed with the input.",
)


class HybridUniform(Hybrid):
    """x + sigma z, and each token kept with probability 1 - beta, else one of the others alike.

    A table's fields may have numbers of values of their own; the worst d fields are those with most
    values, as long as beta is at most (V - 1) / V for the fewest.
    """

    key: ClassVar[str] = "hybrid-uniform"
    kernel_name: ClassVar[str] = "uniform"
    title: ClassVar[str] = "Image and word substitution"
    citation: ClassVar[str] = HYBRID
    inputs: ClassVar[tuple[str, ...]] = ("pair", "table")
    subject: ClassVar[str] = "input"
    attacker: ClassVar[str] = (
        "replace at most d words, or fields of a table, by others of their alphabet and change "
        "every pixel or number, as long as that whole change has l2 norm below epsilon"
    )
    terms: ClassVar[Mapping[str, Term]] = {
        "words": Term("number of replaced words, or of replaced fields of a table", whole=True),
        "epsilon": Term(
            f"l2 norm of the change of the image, {PIXELS}, or of the numbers of a table", NUMBERS
        ),
    }

    sigma: float = sigma_field(f"{PIXELS}; for a table {NUMBERS}")
    arities: str | None = Field(
        default=None,
        pattern=r"^\d{1,9}(,\d{1,9})*$",
        title="values of fields",
        description="for a table: number of values of each categorical field, separated by commas; "
        "not given where every token has the same vocabulary",
        json_schema_extra={"advanced": True},
    )

    def check_input(self, given: InputIdentity) -> None:
        """Refuse an input whose words or fields have other alphabets.

        Raises:
            UserError: naming the parameter and the value that fits.
        """
        if given.kind != "table":
            if self.arities:
                raise UserError("--arities is for the fields of a table; leave it out for a text.")
            super().check_input(given)
        elif given.alphabet and given.alphabet != (self.sizes() if self.arities else ()):
            sizes = listed(given)
            raise UserError(
                f"The categorical fields of {given.name} have {sizes} values; set --arities "
                f"{sizes}."
            )
        else:
            self.check_parts(given)

    @classmethod
    def suited_to(cls, given: InputIdentity) -> dict[str, Any]:
        """The alphabet of a text's words, or those of a table's fields, and a beta for these.

        Where the default replaces a field of few values so often that nothing of it is left, half
        of that: a field of two values keeps its own with 3/4.
        """
        if given.kind != "table":
            return super().suited_to(given)
        suited: dict[str, Any] = {"arities": listed(given)}
        limit = _most_beta(min(given.alphabet, default=2))
        if cls.model_fields["beta"].default > limit:
            suited["beta"] = round(limit / 2, 2)
        return suited

    @field_validator("arities")
    @classmethod
    def _fields(cls, text: str | None, info: ValidationInfo) -> str | None:
        if not text:
            return text
        fewest, beta = min(map(int, text.split(","))), info.data.get("beta", 0.0)
        if fewest < 2:
            raise ValueError("must be 2 or more for each field")
        if beta > _most_beta(fewest):
            raise ValueError(
                f"must be such that beta is at most (V - 1) / V for the field with the fewest "
                f"values V, here {_most_beta(fewest):g}"
            )
        return text

    def idle(self) -> frozenset[str]:
        """The one vocabulary where each field has its own."""
        return super().idle() | ({"vocabulary"} if self.arities else set())

    def sizes(self) -> tuple[int, ...]:
        """Size of the alphabet, the same for all or one for each field."""
        return tuple(map(int, self.arities.split(","))) if self.arities else (self.vocabulary,)

    def kernel(self) -> DiscreteKernel:
        """The noise on the words or fields."""
        if self.arities:
            return FieldUniform(self.sizes(), self.beta)
        return Uniform(self.vocabulary, self.beta)

    def noise(self) -> Beside:
        """Gaussian on the first part, tokens replaced in the second, each by itself."""
        thing = "field" if self.arities else "word"
        return Beside(self.gaussian(), Substitution(self.beta, self.sizes(), thing))

    def reached(self) -> int:
        """A table's fields, or what a staircase reaches."""
        return min(self.most, len(self.sizes())) if self.arities else self.most

    @classmethod
    def attacker_of(cls, kind: str) -> str:
        """In numbers and fields for a table, in words and pixels for a pair."""
        known = {"table": _TABLE_ATTACKER, "pair": Hybrid.attacker}
        return known.get(kind, cls.attacker)

    @classmethod
    def limits_of(cls, kind: str) -> tuple[str, ...]:
        """In fields for a table."""
        return _TABLE_LIMITS if kind == "table" else cls.limits

    def unit(self) -> str:
        """Of epsilon and sigma."""
        return NUMBERS if self.arities else PIXELS

    def things(self) -> str:
        """What is counted, in the plural."""
        return "fields" if self.arities else "words"

    def whose(self) -> str:
        """What epsilon measures."""
        return "of the change of the numbers" if self.arities else super().whose()


def _most_beta(values: int) -> float:
    """With which a field of so many values is as likely to keep its own as to take any other."""
    return (values - 1) / values
