"""Whether a scheme's noise on words or fields is that of the input's alphabet. Loads no torch.

The noise must draw from the very set that the tokens are from: a smaller one would leave tokens
alone, a larger one would make tokens that the model does not have.
"""

from __future__ import annotations

from typing import Any

from engine.errors import UserError
from engine.records import InputIdentity
from engine.schemes import Scheme
from engine.schemes.hybrid_flip import HybridFlip
from engine.schemes.hybrid_uniform import HybridUniform
from engine.schemes.words import Words


def suited(scheme: type[Scheme], given: InputIdentity) -> dict[str, Any]:
    """Values for the parameters of ``scheme`` that depend on the input, its alphabet included."""
    values = scheme.suited_to(given.shape)
    if given.kind == "table" and issubclass(scheme, HybridUniform):
        return {**values, "arities": _listed(given)}
    if given.alphabet and issubclass(scheme, Words):
        return {**values, "vocabulary": given.alphabet[0]}
    return values


def check_alphabet(scheme: Scheme, given: InputIdentity) -> None:
    """Refuse noise on another alphabet than that of the input.

    Raises:
        UserError: naming the parameter and the value that fits.
    """
    if given.kind == "table":
        _check_fields(scheme, given)
    elif isinstance(scheme, Words) and given.alphabet != (scheme.vocabulary,):
        raise UserError(
            f"The model's alphabet has {given.alphabet[0]:,} tokens, the noise has "
            f"{scheme.vocabulary:,}; set --vocabulary {given.alphabet[0]}."
        )
    elif isinstance(scheme, HybridUniform) and scheme.arities:
        raise UserError("--arities is for the fields of a table; leave it out for a text.")


def _check_fields(scheme: Scheme, given: InputIdentity) -> None:
    if isinstance(scheme, HybridUniform):
        own = scheme.sizes() if scheme.arities else ()
        if own != given.alphabet:
            raise UserError(
                f"The categorical fields of {given.name} have {_listed(given)} values; set "
                f"--arities {_listed(given)}."
            )
    elif isinstance(scheme, HybridFlip) and set(given.alphabet) - {2}:
        raise UserError(
            f"{given.name} has fields with {_listed(given)} values, but {scheme.key} is for fields "
            "of two; use hybrid-uniform."
        )


def _listed(given: InputIdentity) -> str:
    return ",".join(map(str, given.alphabet))
