"""What goes in and comes out of an ONNX text model: token ids in, a row of scores out. No torch.

As exporters of transformers write them: ``input_ids``, and ``attention_mask`` and
``token_type_ids`` where the model takes them, each int64 (batch, tokens).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError, quoted
from engine.core.files import read_description
from engine.models.onnx_session import first_line, named_output
from engine.models.pretrained_files import VOCABULARY

IDS, MASK, TYPES = "input_ids", "attention_mask", "token_type_ids"
_FILLED = 0
"""What a fixed length is filled up with; the attention mask leaves it aside."""
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TextGraph:
    """The inputs and the output of a text model.

    Attributes:
        inputs: names of the graph's inputs among ids, mask and token types.
        output: the scores.
        batch, length: fixed number of texts and of tokens per call; None for a free axis.
    """

    inputs: tuple[str, ...]
    output: str
    batch: int | None
    length: int | None

    def run(self, session: Any, ids: Ids) -> npt.NDArray[np.float32]:
        """Scores (B, K) of token ids (B, L), marks included."""
        rows, used = ids.shape
        length = self.length or used
        filled = np.full((rows, length), _FILLED, dtype=np.int64)
        filled[:, :used] = ids
        mask = np.zeros((rows, length), dtype=np.int64)
        mask[:, :used] = 1
        fed = {IDS: filled, MASK: mask, TYPES: np.zeros_like(mask)}
        (found,) = session.run([self.output], {name: fed[name] for name in self.inputs})
        return np.asarray(found, dtype=np.float32)

    @property
    def rows(self) -> int:
        """Texts of a trial."""
        return self.batch or 2

    def trial(self, session: Any) -> npt.NDArray[np.float32]:
        """Scores of texts of one token."""
        return self.run(session, np.ones((self.rows, 1), dtype=np.int64))


def is_text(session: Any) -> bool:
    """Whether a model takes token ids by their usual name."""
    try:
        return any(one.name == IDS for one in session.get_inputs())
    except UnicodeDecodeError:  # the reader of images tells that the file is damaged
        return False


def read_text_graph(path: Path, session: Any, output: str = "") -> TextGraph:
    """What goes in and comes out.

    Raises:
        UserError: other inputs, of another type, or a fixed length without a mask.
    """
    inputs = session.get_inputs()
    for one in inputs:
        usual = one.name in (IDS, MASK, TYPES)
        if not usual or one.type != "tensor(int64)" or len(one.shape) != 2:
            raise UserError(
                f"{path} takes '{quoted(one.name)}' as {quoted(one.type)} of {len(one.shape)} "
                f"dimensions; a text model takes {IDS}, {MASK} and {TYPES}, int64 of 2."
            )
    batch, length = next(one.shape for one in inputs if one.name == IDS)
    names = tuple(one.name for one in inputs)
    fixed = length if isinstance(length, int) and length > 0 else None
    if fixed and MASK not in names:
        raise UserError(
            f"{path} takes texts of {fixed} tokens and no {MASK}, so shorter ones cannot be told "
            "from their filling; export it with a dynamic length."
        )
    found = named_output(path, session.get_outputs(), output)
    return TextGraph(names, found, batch if isinstance(batch, int) and batch > 0 else None, fixed)


def longest(path: Path, graph: TextGraph, session: Any, most: int, largest: int) -> int:
    """How many ids a text may have, marks included: ``most``, or as many as a trial shows.

    Args:
        path: of the model, for refusals.
        graph, session: of it.
        most: ids that its configuration or tokenizer names.
        largest: id of the alphabet.

    Raises:
        UserError: it runs on no length.
    """
    runs, fails, tried = 0, min(most, graph.length or most) + 1, min(most, graph.length or most)
    while tried > runs:
        try:
            graph.run(session, np.full((graph.rows, tried), largest, dtype=np.int64))
            runs = tried
        except Exception as error:
            # onnxruntime has its own exception types, one per error code.
            if tried == 1:
                raise UserError(
                    f"{path} does not run on the tokens of its tokenizer: {first_line(error)}."
                ) from error
            fails = tried
        tried = (runs + fails) // 2
    return runs


def tokenizer_folder(path: Path) -> Path:
    """The folder of a model's tokenizer: its own, or the one above, as converters write them.

    Raises:
        UserError: neither has one.
    """
    for folder in (path.parent, path.parent.parent):
        if any(next(folder.glob(pattern), None) for pattern in VOCABULARY):
            return folder
    raise UserError(
        f"{path} takes token ids ({IDS}); put its tokenizer beside it (tokenizer.json, "
        "tokenizer_config.json), or in the folder above."
    )


def configuration(folder: Path) -> dict[str, Any]:
    """The ``config.json`` of a folder; nothing where there is none.

    Raises:
        UserError: it is not readable JSON.
    """
    file = folder / "config.json"
    try:
        return read_description(file) if file.is_file() else {}
    except (OSError, ValueError) as error:
        raise UserError(f"{file} is not readable JSON; copy it again.") from error


def names_in(folders: Sequence[Path]) -> dict[str, Any]:
    """The first configuration that one of some folders has."""
    return next((found for folder in folders if (found := configuration(folder))), {})
