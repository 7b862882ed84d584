"""Ensembles of stumps that were learned here: safetensors with whole numbers as leaves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from engine.certificates.stump_vote import StumpVote
from engine.certificates.stumps import Steps, StumpEnsemble
from engine.core.errors import UserError
from engine.core.files import read_bounded
from engine.models.native_metadata import listed, stored
from engine.models.stumps.reading import MOST_BYTES, MOST_NUMBERS, MOST_TREES, StumpFile, damaged
from engine.models.tokenizers import read_columns

FORMAT = "safetensors"
LARGEST_LEAF = 1 << 40
MOST_MEMBERS = 1000


def read_native(path: Path) -> StumpFile:
    """The ensemble of a file that was written here.

    Its tensors are ``column``, ``cut``, ``below`` and ``above`` (M,) of the stumps, and
    ``field_values``, the values of all codes of all categorical fields one after the other; its
    header holds the sum ``above`` which class 1 is predicted, and ``columns`` or a ``shape``.
    Ensembles that vote have ``member`` (M,) too, the place of each stump's ensemble, and in place
    of the header's ``above`` and of field values ``weight`` and ``threshold`` (K,).

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
    stumps = list(zip(whole["column"], cuts, whole["below"], whole["above"], strict=True))
    classes = listed(header, "classes")
    if len(classes) != 2:
        raise ValueError("classes")
    ensemble: StumpEnsemble | StumpVote
    if "member" in tensors:
        if coding and coding.arities:
            raise ValueError("fields")
        ensemble = _vote(stumps, width, tensors)
    else:
        values = _fields(fields, coding.arities if coding else ())
        threshold = Fraction(int(stored(header, "above")))
        ensemble = StumpEnsemble(_numbers(stumps, width), values, threshold)
    return StumpFile(
        ensemble,
        FORMAT,
        len(cuts),
        coding=coding,
        shape=shape,
        classes=classes,
        scheme=stored(header, "training_scheme"),
    )


_Stump = tuple[int, float, int, int]
"""Column, cut, and the values below and above it."""


def _numbers(stumps: Iterable[_Stump], width: int) -> tuple[Steps, ...]:
    parts: list[list[tuple[float, Fraction, Fraction]]] = [[] for _ in range(width)]
    for place, cut, below, above in stumps:
        if place < 0:
            raise ValueError("column")
        parts[place].append((cut, Fraction(below), Fraction(above)))
    return tuple(map(Steps.of, parts))


def _vote(stumps: Sequence[_Stump], width: int, tensors: Mapping[str, Any]) -> StumpVote:
    weights, thresholds, of = (
        [int(one) for one in tensors[name]] for name in ("weight", "threshold", "member")
    )
    within = max(map(abs, (*weights, *thresholds)), default=LARGEST_LEAF + 1) <= LARGEST_LEAF
    if not within or len(weights) > MOST_MEMBERS or min(weights) < 1:
        raise ValueError("weight")
    members: list[list[_Stump]] = [[] for _ in weights]
    for place, stump in zip(of, stumps, strict=True):
        if place < 0:
            raise ValueError("member")
        members[place].append(stump)
    return StumpVote(
        tuple(
            StumpEnsemble(_numbers(own, width), above=Fraction(threshold))
            for own, threshold in zip(members, thresholds, strict=True)
        ),
        tuple(weights),
    )


def _fields(values: list[int], arities: tuple[int, ...]) -> tuple[tuple[Fraction, ...], ...]:
    if len(values) != sum(arities):
        raise ValueError("fields")
    parts, place = [], 0
    for arity in arities:
        parts.append(tuple(map(Fraction, values[place : place + arity])))
        place += arity
    return tuple(parts)
