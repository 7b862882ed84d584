"""The runs of a set, kept small: ten thousand of them take some megabytes. No torch."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import overload

from engine.evidence.evidence import Evidence
from engine.procedures.set_result import Counted, slim

_LEVEL, _WINDOW = 3, 1 << 15
"""Of deflate: quick, and as far back as it can refer to."""


class Runs(Sequence[Evidence]):
    """The evidence of runs in the order in which they came, read anew whenever it is asked for.

    Most of what evidence says is the same for all rows of a set. So each is deflated against the
    text of the first: what tells it apart takes some hundred bytes instead of as many kilobytes,
    and a few kilobytes with its votes over n.
    """

    def __init__(self) -> None:
        self._rows: list[bytes] = []
        self._first = b""

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Evidence: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Evidence]: ...
    def __getitem__(self, place: int | slice) -> Evidence | Sequence[Evidence]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        inflate = zlib.decompressobj(zdict=self._first)
        return Evidence.model_validate_json(inflate.decompress(self._rows[place]))

    def add(self, evidence: Evidence) -> None:
        """Take a run."""
        text = evidence.model_dump_json(exclude={"seal"}).encode()
        self._first = self._first or text[-_WINDOW:]
        deflate = zlib.compressobj(_LEVEL, zdict=self._first)
        self._rows.append(deflate.compress(text) + deflate.flush())


class Shelf:
    """Inputs with their runs, without votes over n, in the order in which they came."""

    def __init__(self) -> None:
        self._specs: list[str] = []
        self._runs = Runs()

    def __len__(self) -> int:
        return len(self._specs)

    def __iter__(self) -> Iterator[Counted]:
        return zip(self._specs, self._runs, strict=True)

    def add(self, spec: str, evidence: Evidence) -> None:
        """Take an input and its run."""
        self._specs.append(spec)
        self._runs.add(slim(evidence))
