"""How a model reads texts or tables, told without loading its weights: verifiers come here too.

A Hugging Face tokenizer becomes an alphabet without gaps: all tokens but the special ones. The mark
for unknown tokens stays in it, because a text may hold it. The marks that its model needs around a
text are put back after the noise. No torch.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.errors import UserError, quoted
from engine.core.files import read_description
from engine.inputs.coding import (
    MASK_WORD,
    MOST_TOKENS,
    Column,
    Encoded,
    TableCoding,
    Tokens,
    WordTokenizer,
    cut,
)
from engine.models.native_metadata import listed, stored


def coding_facts(coding: TableCoding) -> list[dict[str, Any]]:
    """The columns as a header or a card lists them."""
    return [
        {"name": one.name, "values": list(one.values)}
        if one.categorical
        else {"name": one.name, "mean": one.mean, "scale": one.scale}
        for one in coding.columns
    ]


def read_words(path: Path, metadata: dict[str, str], count: int) -> WordTokenizer:
    """The words that a header lists.

    Args:
        path: of the file.
        metadata: its header.
        count: how many the network knows.

    Raises:
        UserError: it lists another number, or one twice.
    """
    words = listed(metadata, "words")
    if len(words) != count or len(set(words)) != len(words):
        raise UserError(
            f"{path} does not name the {count} words of its alphabet in its header; write it again "
            "with python -m engine.demos."
        )
    return WordTokenizer(words)


def read_columns(path: Path, metadata: dict[str, str]) -> TableCoding:
    """The columns that a header lists.

    Raises:
        UserError: it lists none, or one makes no sense.
    """
    facts = stored(metadata, "columns")
    try:
        columns = tuple(_column(one) for one in facts)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise UserError(
            f"{path} does not describe its columns in its header; each needs a name, and either "
            "values or a mean and a scale."
        ) from error
    if len({column.name for column in columns}) != len(columns):
        raise UserError(f"{path} describes two columns of one name.")
    return TableCoding(columns)


def _column(facts: dict[str, Any]) -> Column:
    name = quoted(facts["name"])
    if "values" in facts:
        values = tuple(map(str, facts["values"]))
        if len(values) < 2 or len(set(values)) != len(values):
            raise ValueError("fewer than two values")
        return Column(name, values)
    mean, scale = float(facts["mean"]), float(facts["scale"])
    if not (math.isfinite(mean) and 0 < scale < math.inf):
        raise ValueError("no scale")
    return Column(name, mean=mean, scale=scale)


_SAMPLE = "a"
_OFFSET_TYPES = ("roberta", "xlm-roberta", "camembert", "mpnet", "longformer")
"""Their positions begin after the padding's, so that two fewer are left for tokens."""
_FEWEST = 2


class HuggingFaceTokenizer:
    """Texts into tokens 0 .. size - 1, and back into the model's ids.

    Args:
        tokenizer: of transformers.
        most: ids that the model takes, marks included.
        ids: that the model has; others are left out of the alphabet.

    Attributes:
        ids: (size,) the model's id of every token of the alphabet.
        mask: the id that a masked token gets.
        before, after: ids of the marks around a text.
        note: what a reader should know of the mask; empty if the tokenizer has one of its own.
    """

    def __init__(self, tokenizer: Any, *, most: int, ids: int) -> None:
        self._tokenizer = tokenizer
        special = set(tokenizer.all_special_ids) - _unknown(tokenizer)
        known = {int(one) for one in tokenizer.get_vocab().values()} - special
        self.ids: Tokens = np.array(sorted(one for one in known if one < ids), dtype=np.int64)
        if len(self.ids) < _FEWEST:
            raise UserError("The model's tokenizer has fewer than two tokens; give another model.")
        self.mask, self.note = _mask(tokenizer)
        self.before, self.after = _marks(tokenizer)
        self._most = most - len(self.before) - len(self.after)

    @property
    def size(self) -> int:
        """Of the alphabet."""
        return len(self.ids)

    @property
    def longest(self) -> int:
        """Tokens of a text at most, marks not counted."""
        return self._most

    def of_length(self, most: int) -> HuggingFaceTokenizer:
        """The same for a model that takes ``most`` ids, marks included."""
        other = copy.copy(self)
        other._most = most - len(self.before) - len(self.after)
        return other

    def encode(self, text: str) -> Encoded:
        """The text as tokens of the alphabet, cut to what the model takes.

        Raises:
            UserError: it has no token, or a special mark in it.
        """
        found = self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        if not found:
            raise UserError("The text has no token in it; write a few words.")
        ids = np.array(found[: self._most], dtype=np.int64)
        tokens = np.searchsorted(self.ids, ids)
        outside = self.ids[np.minimum(tokens, self.size - 1)] != ids
        if outside.any():
            mark = self._tokenizer.convert_ids_to_tokens(int(ids[outside][0]))
            raise UserError(
                f"The text holds the special mark '{mark}', which is outside the alphabet of the "
                "noise; leave it out."
            )
        return Encoded(tokens.astype(np.int64), cut(len(found), self._most))

    def words(self, tokens: Sequence[int]) -> tuple[str, ...]:
        """Tokens as the tokenizer writes them."""
        return tuple(
            str(self._tokenizer.convert_ids_to_tokens(int(self.ids[t])))
            if t < self.size
            else MASK_WORD
            for t in tokens
        )


def tokenizer_of(folder: Path) -> HuggingFaceTokenizer:
    """The tokenizer of a folder.

    Raises:
        UserError: there is none, or it does not fit the model's configuration.
    """
    try:
        config = read_description(folder / "config.json")
    except (OSError, ValueError) as error:
        raise UserError(f"{folder / 'config.json'} is not readable JSON; copy it again.") from error
    return tokenizer_beside(folder, config)


def tokenizer_beside(folder: Path, config: Mapping[str, Any]) -> HuggingFaceTokenizer:
    """The tokenizer of a folder for a model with a configuration; none stands beside some graphs.

    Raises:
        UserError: as :func:`tokenizer_of`.
    """
    from transformers import AutoTokenizer

    from engine.models.pretrained import open_text_part

    tokenizer = open_text_part(AutoTokenizer, folder, "tokenizer")
    inner = config.get("text_config")
    facts = {**config, **(inner if isinstance(inner, dict) else {})}
    ids = facts.get("vocab_size") if config else len(tokenizer)
    if not isinstance(ids, int) or ids < _FEWEST:
        raise UserError(f"{folder}: its config.json names no vocab_size.")
    made = HuggingFaceTokenizer(tokenizer, most=_most(facts, tokenizer), ids=ids)
    if made.longest < 1:
        raise UserError(f"{folder}: its model leaves no room for a single token.")
    return made


def _most(facts: dict[str, Any], tokenizer: Any) -> int:
    positions = facts.get("max_position_embeddings") or facts.get("n_positions") or MOST_TOKENS
    offset = 2 if facts.get("model_type") in _OFFSET_TYPES else 0
    return min(int(positions) - offset, int(min(tokenizer.model_max_length, MOST_TOKENS)))


def _unknown(tokenizer: Any) -> set[int]:
    """The mark for unknown tokens, where it has no other meaning."""
    others = ("bos", "eos", "sep", "pad", "cls", "mask")
    taken = {getattr(tokenizer, f"{name}_token_id", None) for name in others}
    return {tokenizer.unk_token_id} - taken - {None}


def _mask(tokenizer: Any) -> tuple[int, str]:
    for name in ("mask", "unk", "pad", "eos"):
        found = getattr(tokenizer, f"{name}_token_id", None)
        if found is not None:
            note = (
                ""
                if name == "mask"
                else (
                    "Its tokenizer has no mask: a masked word is shown to it as "
                    f"{tokenizer.convert_ids_to_tokens(found)}."
                )
            )
            return int(found), note
    raise UserError("The model's tokenizer has no mark that could stand for a masked word.")


def _marks(tokenizer: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Ids before and after a text, read off a short one."""
    inner = list(tokenizer(_SAMPLE, add_special_tokens=False)["input_ids"])
    whole = list(tokenizer(_SAMPLE)["input_ids"])
    for start in range(len(whole) - len(inner) + 1):
        if whole[start : start + len(inner)] == inner:
            return tuple(whole[:start]), tuple(whole[start + len(inner) :])
    raise UserError("The model's tokenizer changes a text when it puts marks around it.")
