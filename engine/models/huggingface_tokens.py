"""A Hugging Face tokenizer as an alphabet without gaps, and the marks that its model needs.

The alphabet is all tokens but the special ones; the mark for unknown tokens stays in it, because a
text may hold it. The marks around a text are put back after the noise. No torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.errors import UserError
from engine.core.files import read_description
from engine.inputs.coding import MASK_WORD, MOST_TOKENS, Encoded, Tokens, cut

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
    from transformers import AutoTokenizer

    from engine.models.pretrained import open_text_part

    try:
        config = read_description(folder / "config.json")
    except (OSError, ValueError) as error:
        raise UserError(f"{folder / 'config.json'} is no readable JSON; copy it again.") from error
    tokenizer = open_text_part(AutoTokenizer, folder, "tokenizer")
    inner = config.get("text_config")
    facts = {**config, **(inner if isinstance(inner, dict) else {})}
    ids = facts.get("vocab_size")
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
