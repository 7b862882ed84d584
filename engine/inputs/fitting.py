"""Texts, pairs and rows as a model takes them: token ids, pixels and numbers for the noise."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from engine.core.errors import UserError, quoted
from engine.core.records import ModelIdentity
from engine.inputs.base import Array, FittedInput, PairInput, arrays_sha256
from engine.inputs.coding import Coding, Columns, Encoded, TableCoding, Tokenizer
from engine.inputs.table import LABELS, TableInput
from engine.inputs.text import TextInput

_MOST_SHOWN = 600
STANDARD = "numbers in standard deviations of their columns"


def fit_coded(
    given: TextInput | PairInput | TableInput, model: ModelIdentity, coding: Coding | None
) -> FittedInput:
    """A text, a pair or a row as the model takes it.

    Raises:
        UserError: as the functions below.
    """
    if isinstance(given, PairInput):
        return fit_pair(given, model, coding)
    if isinstance(given, TableInput):
        return fit_table(given, model, coding)
    return fit_text(given, model, coding)


def fit_text(given: TextInput, model: ModelIdentity, coding: Coding | None) -> FittedInput:
    """The tokens of a text; all of them may be noised, none is padding.

    Raises:
        UserError: the model has no tokenizer, or it cannot encode the text.
    """
    tokenizer = _tokenizer(model, coding)
    encoded = tokenizer.encode(given.text)
    identity = given.identity(
        model,
        _text(given.text),
        pixels_sha256=arrays_sha256([encoded.tokens]),
        shape=encoded.tokens.shape,
        alphabet=(tokenizer.size,),
        adaptation=_in_tokens(encoded, tokenizer),
    )
    return FittedInput(identity, (encoded.tokens,))


def fit_pair(given: PairInput, model: ModelIdentity, coding: Coding | None) -> FittedInput:
    """The image at the model's size, and the tokens of the text.

    Raises:
        UserError: the model has no tokenizer, or one of the two does not fit.
    """
    from engine.inputs.adapt import fit as adapt

    tokenizer = _tokenizer(model, coding)
    image, encoded = adapt(given.image, model), tokenizer.encode(given.text)
    arrays: tuple[Array, ...] = (image.pixels, encoded.tokens)
    steps = (image.identity.adaptation, _in_tokens(encoded, tokenizer))
    identity = given.identity(
        model,
        _text(given.text),
        pixels_sha256=arrays_sha256(arrays),
        shape=image.identity.shape,
        more_shapes=(encoded.tokens.shape,),
        alphabet=(tokenizer.size,),
        adaptation="; ".join(filter(None, steps)),
    )
    return FittedInput(identity, arrays)


def fit_table(given: TableInput, model: ModelIdentity, coding: Coding | None) -> FittedInput:
    """A row as standardised numbers (F,) and codes (G,); how is the context, and in the digest.

    A model that does not say how to standardise its columns takes the table's own statistics.

    Raises:
        UserError: the table lacks a column that the model reads, a cell does not fit, or there
            are not both numbers and categories.
    """
    own = coding if isinstance(coding, TableCoding) else None
    names = coding.names if isinstance(coding, Columns) else ()
    used = own or given.table.coding(names or _columns(given))
    _check_parts(given, used)
    numbers, codes = used.encode(given.cells, given.name)
    origin = (
        "of the model's training data"
        if own
        else f"of {given.table.source} as it is, this row included, which the attacker leaves alone"
    )
    identity = given.identity(
        model,
        pixels_sha256=_with_coding(arrays_sha256([numbers, codes]), used),
        shape=numbers.shape,
        more_shapes=(codes.shape,),
        alphabet=used.arities,
        adaptation=f"{STANDARD} ({origin}): {_scales(used)}",
    )
    return FittedInput(identity, (numbers, codes), used)


def _tokenizer(model: ModelIdentity, coding: Coding | None) -> Tokenizer:
    if coding is None or isinstance(coding, TableCoding | Columns):
        raise UserError(
            f"The tokenizer of the model '{model.name}' is not at hand; give the model itself."
        )
    return coding


def _in_tokens(encoded: Encoded, tokenizer: Tokenizer) -> str:
    count = len(encoded.tokens)
    how = f"{count:,} token{'' if count == 1 else 's'} of an alphabet of {tokenizer.size:,}"
    return "; ".join((how, *encoded.notes))


def _text(text: str) -> str:
    """For the reader of a report: what was said."""
    return f"its text is: {quoted(text, _MOST_SHOWN)}"


def _columns(given: TableInput) -> Sequence[str]:
    """All of the table's columns but that of the labels."""
    label = given.table.named(LABELS)
    return [name for name in given.table.header if name != label]


def _check_parts(given: TableInput, coding: TableCoding) -> None:
    for part, what in ((coding.numeric, "numeric"), (coding.fields, "categorical")):
        if not part:
            raise UserError(
                f"{given.source} has no {what} column; the schemes for tables noise numbers and "
                "categories together, so give a table with both."
            )


def _with_coding(digest: str, coding: TableCoding) -> str:
    """A change certified in standard deviations means another one under other deviations."""
    return hashlib.sha256(digest.encode() + b"\n" + coding.facts()).hexdigest()


def _scales(coding: TableCoding) -> str:
    shown = [
        f"{one.name} {np.format_float_positional(one.scale, 4, fractional=False, trim='-')}"
        for one in coding.numeric
    ]
    return ", ".join(shown)
