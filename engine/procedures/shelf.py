"""The runs of a set, kept small: ten thousand of them take some megabytes. No torch."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from engine.evidence.evidence import Evidence
from engine.procedures.set_result import Counted, slim

_LEVEL, _WINDOW = 3, 1 << 15
"""Of deflate: quick, and as far back as it can refer to."""


class Shelf:
    """Inputs with their runs, without votes over n, in the order in which they came.

    Most of what evidence says is the same for all rows of a set. So each is deflated against the
    text of the first: what tells it apart takes some hundred bytes instead of as many kilobytes.
    """

    def __init__(self) -> None:
        self._specs: list[str] = []
        self._rows: list[bytes] = []
        self._first = b""

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Counted]:
        for spec, row in zip(self._specs, self._rows, strict=True):
            inflate = zlib.decompressobj(zdict=self._first)
            yield spec, Evidence.model_validate_json(inflate.decompress(row))

    def add(self, spec: str, evidence: Evidence) -> None:
        """Take an input and its run."""
        text = slim(evidence).model_dump_json(exclude={"seal"}).encode()
        self._first = self._first or text[-_WINDOW:]
        deflate = zlib.compressobj(_LEVEL, zdict=self._first)
        self._specs.append(spec)
        self._rows.append(deflate.compress(text) + deflate.flush())
