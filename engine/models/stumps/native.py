"""Ensembles of stumps that were learned here: safetensors with whole numbers as leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from engine.certificates.stumps import Steps, StumpEnsemble
from engine.core.errors import UserError
from engine.core.files import read_bounded
from engine.models.native_metadata import listed, stored
from engine.models.stumps.reading import MOST_BYTES, MOST_NUMBERS, MOST_TREES, StumpFile, damaged
from engine.models.tokenizers import read_columns

FORMAT = "safetensors"
LARGEST_LEAF = 1 << 40


def read_native(path: Path) -> StumpFile:
    """The ensemble of a file that was written here.

    Its tensors are ``column``, ``cut``, ``below`` and ``above`` (M,) of the stumps, and
    ``field_values``, the values of all codes of all categorical fields one after the other; its
    header holds the sum ``above`` which class 1 is predicted, and ``columns`` or a ``shape``.

    Raises:
        UserError: damaged, or tensors that do not fit together.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    data = read_bounded(path, MOST_BYTES, what="model")
    try:
        tensors, header = load(data), _header(data)
        return _read(path, tensors, header)
    except UserError:
        raise
    except (SafetensorError, ValueError, LookupError, TypeError, OverflowError) as error:
        raise damaged(path, FORMAT, type(error).__name__) from error


def _header(data: bytes) -> dict[str, str]:
    size = int.from_bytes(data[:8], "little")
    found: dict[str, str] = json.loads(data[8 : 8 + size])["__metadata__"]
    return found


def _read(path: Path, tensors: Mapping[str, Any], header: Mapping[str, str]) -> StumpFile:
    shape = tuple(map(int, stored(header, "shape") or ()))
    coding = None if shape else read_columns(path, dict(header))
    width = int(np.prod(shape)) if coding is None else len(coding.numeric)
    cuts = [float(one) for one in tensors["cut"]]
    whole = {name: [int(one) for one in tensors[name]] for name in ("column", "below", "above")}
    fields = [int(one) for one in tensors.get("field_values", ())]
    if not 0 < width <= MOST_NUMBERS or len(cuts) > MOST_TREES or not np.isfinite(cuts).all():
        raise ValueError("size")
    if max(map(abs, (0, *whole["below"], *whole["above"], *fields))) > LARGEST_LEAF:
        raise ValueError("leaf")
    stumps: list[list[tuple[float, Fraction, Fraction]]] = [[] for _ in range(width)]
    for place, cut, below, above in zip(
        whole["column"], cuts, whole["below"], whole["above"], strict=True
    ):
        if place < 0:
            raise ValueError("column")
        stumps[place].append((cut, Fraction(below), Fraction(above)))
    classes = listed(header, "classes")
    if len(classes) != 2:
        raise ValueError("classes")
    return StumpFile(
        StumpEnsemble(
            tuple(map(Steps.of, stumps)),
            _fields(fields, coding.arities if coding else ()),
            Fraction(int(stored(header, "above"))),
        ),
        FORMAT,
        len(cuts),
        coding=coding,
        shape=shape,
        classes=classes,
        scheme=stored(header, "training_scheme"),
    )


def _fields(values: list[int], arities: tuple[int, ...]) -> tuple[tuple[Fraction, ...], ...]:
    if len(values) != sum(arities):
        raise ValueError("fields")
    parts, place = [], 0
    for arity in arities:
        parts.append(tuple(map(Fraction, values[place : place + arity])))
        place += arity
    return tuple(parts)
