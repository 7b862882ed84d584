"""How a model reads texts or tables, told without loading its weights: verifiers come here too."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from engine.core.errors import UserError, quoted
from engine.inputs.coding import Coding, Column, TableCoding, WordTokenizer
from engine.models.demo import catalogue
from engine.models.kinds import DEMO, kind_of
from engine.models.native_metadata import listed, read_header, stored


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
    if kind == "huggingface":
        from engine.models.huggingface_tokens import tokenizer_of

        return tokenizer_of(path)
    if kind == "onnx":
        from engine.models.onnx import met_session
        from engine.models.onnx_session import read_table_graph
        from engine.models.onnx_table import columns_of

        return columns_of(read_table_graph(path, met_session(path)))
    return None


def coding_facts(coding: TableCoding) -> list[dict[str, Any]]:
    """The columns as a header or a card lists them."""
    return [
        {"name": one.name, "values": list(one.values)}
        if one.categorical
        else {"name": one.name, "mean": one.mean, "scale": one.scale}
        for one in coding.columns
    ]


def read_words(path: Path, metadata: dict[str, str], count: int, *, made_by: str) -> WordTokenizer:
    """The words that a header lists.

    Args:
        path: of the file.
        metadata: its header.
        count: how many the network knows.
        made_by: what writes such files, for the refusal.

    Raises:
        UserError: it lists another number, or one twice.
    """
    words = listed(metadata, "words")
    if len(words) != count or len(set(words)) != len(words):
        raise UserError(
            f"{path} does not name the {count} words of its alphabet in its header; write it again "
            f"with python -m engine.training.{made_by}."
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
