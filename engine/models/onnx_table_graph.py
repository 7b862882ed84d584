"""What goes in and comes out of an ONNX model of rows, as converters of scikit-learn write it.

One input of shape (rows, 1) for each column or one matrix for all of them; probabilities as a
matrix or as a list of maps from class to probability. No torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError, quoted

TRIAL_ROWS = 2
_TYPES: dict[str, Any] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(string)": np.object_,
}
Cells = npt.NDArray[Any]


@dataclass(frozen=True)
class TableGraph:
    """The inputs and the output of a model of rows.

    Attributes:
        names: of the inputs, each a column; or of the one matrix.
        dtypes: of each.
        width: columns of the matrix; 0 where each column has an input.
        batch: fixed number of rows per call; None for a free batch axis.
        output: probabilities.
        maps: whether they come as a list of maps.
    """

    names: tuple[str, ...]
    dtypes: tuple[Any, ...]
    width: int
    output: str
    maps: bool
    batch: int | None = None

    def run(self, session: Any, columns: Sequence[Cells]) -> npt.NDArray[np.float32]:
        """Probabilities (B, K) of columns (B,) each, in the order of the inputs."""
        if self.batch is not None and len(columns[0]) != self.batch:
            return self._in_parts(session, columns, self.batch)
        (found,) = session.run([self.output], self._feed(columns))
        if not self.maps:
            return np.asarray(found, dtype=np.float32)
        keys = sorted(found[0])
        return np.array([[row[key] for key in keys] for row in found], dtype=np.float32)

    def _in_parts(
        self, session: Any, columns: Sequence[Cells], batch: int
    ) -> npt.NDArray[np.float32]:
        """Rows in calls of the one size, the last one filled up with its first row."""
        count, found = len(columns[0]), []
        for start in range(0, count, batch):
            places = np.arange(start, start + batch)
            places[places >= count] = start
            part = self.run(session, [column[places] for column in columns])
            found.append(part[: count - start])
        return np.concatenate(found)

    def trial(self, session: Any) -> npt.NDArray[np.float32]:
        """Probabilities of rows of zeros and empty words."""
        dtypes = self.dtypes * self.width if self.width else self.dtypes
        blank = [
            np.full(self.batch or TRIAL_ROWS, "" if one is np.object_ else 0, dtype=one)
            for one in dtypes
        ]
        return self.run(session, blank)

    def _feed(self, columns: Sequence[Cells]) -> Mapping[str, Cells]:
        if self.width:
            return {self.names[0]: np.stack(columns, axis=1).astype(self.dtypes[0])}
        return {
            name: column.astype(dtype).reshape(-1, 1)
            for name, dtype, column in zip(self.names, self.dtypes, columns, strict=True)
        }


def is_tabular(session: Any) -> bool:
    """Whether a model takes columns: nothing but inputs of two dimensions.

    A name that is no text says that the file is damaged, which the reader of images tells.
    """
    try:
        inputs = session.get_inputs()
        return bool(inputs) and all(len(one.shape) == 2 for one in inputs)
    except UnicodeDecodeError:
        return False


def read_table_graph(path: Path, session: Any) -> TableGraph:
    """What goes in and comes out.

    Raises:
        UserError: inputs that are no columns, or no probabilities.
    """
    inputs, outputs = session.get_inputs(), session.get_outputs()
    for one in inputs:
        if one.type not in _TYPES or len(one.shape) != 2:
            raise UserError(
                f"{path} takes '{quoted(one.name)}' as {quoted(one.type)} of {len(one.shape)} "
                "dimensions; columns are float, int64 or string of shape (rows, 1)."
            )
    widths = [one.shape[1] for one in inputs]
    matrix = len(inputs) == 1 and widths[0] != 1
    if matrix and (not isinstance(widths[0], int) or inputs[0].type == "tensor(string)"):
        raise UserError(f"{path} takes a matrix without a fixed number of number columns.")
    if not matrix and any(width != 1 for width in widths):
        raise UserError(f"{path} takes several matrices; export it with an input for each column.")
    output, maps = _probabilities(path, outputs)
    rows = inputs[0].shape[0]
    return TableGraph(
        names=tuple(one.name for one in inputs),
        dtypes=tuple(_TYPES[one.type] for one in inputs),
        width=widths[0] if matrix else 0,
        output=output,
        maps=maps,
        batch=rows if isinstance(rows, int) and rows > 0 else None,
    )


def _probabilities(path: Path, outputs: Sequence[Any]) -> tuple[str, bool]:
    for one in outputs:
        if one.type == "tensor(float)" and len(one.shape) == 2:
            return one.name, False
        if one.type.startswith("seq(map(") and one.type.endswith("tensor(float)))"):
            return one.name, True
    raise UserError(
        f"{path} gives no probabilities of classes; export a classifier that has predict_proba."
    )
