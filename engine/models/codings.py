"""How a model reads texts or tables, by its name alone: verifiers ask this."""

from __future__ import annotations

from pathlib import Path

from engine.core.errors import UserError
from engine.inputs.coding import Coding, WordTokenizer
from engine.models.demo import catalogue
from engine.models.kinds import DEMO, kind_of, read_header
from engine.models.native_metadata import listed
from engine.models.stumps.files import READERS
from engine.models.tokenizers import read_columns, tokenizer_of


def coding_of(spec: str) -> Coding | None:
    """What the model that ``spec`` names reads its inputs with; None where it says nothing of it.

    Raises:
        UserError: there is no such model, or its columns or tokenizer cannot be read.
    """
    shipped = {model.name: model.path for model in catalogue()}
    if spec.startswith(DEMO) and spec not in shipped:
        raise UserError(f"There is no shipped model {spec}.")
    path = shipped.get(spec) or Path(spec)
    kind = kind_of(str(path))
    if kind in ("text", "pair"):
        return WordTokenizer(listed(read_header(path), "words"))
    if kind == "table":
        return read_columns(path, read_header(path))
    if kind in READERS:
        return READERS[kind](path).reads
    if kind == "huggingface":
        return tokenizer_of(path)
    if kind == "onnx":
        from engine.models.onnx import columns_of, met_session
        from engine.models.onnx_table_graph import read_table_graph
        from engine.models.onnx_text_graph import is_text, read_text_graph

        session = met_session(path)
        if is_text(session):
            from engine.models.onnx_text import tokenizer_for

            some = session.get_outputs()[0].name
            return tokenizer_for(path, read_text_graph(path, session, some), session)[0]
        return columns_of(read_table_graph(path, session), session)
    return None
