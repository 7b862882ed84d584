"""Which file holds an ensemble of stumps, and the ensemble for one input: verifiers ask this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from engine.certificates.stump_vote import StumpVote
from engine.certificates.stumps import StumpEnsemble
from engine.inputs.base import FittedInput
from engine.inputs.coding import TableCoding
from engine.models.kinds import Kind, kind_of
from engine.models.stumps.lightgbm import read_lightgbm
from engine.models.stumps.native import read_native
from engine.models.stumps.onnx_trees import read_onnx_trees
from engine.models.stumps.reading import StumpFile
from engine.models.stumps.xgboost import read_xgboost

READERS: Mapping[Kind, Callable[[Path], StumpFile]] = {
    "stumps": read_native,
    "xgboost": read_xgboost,
    "lightgbm": read_lightgbm,
}
"""What reads each kind of file that holds nothing else."""


def stumps_for(path: Path, fitted: FittedInput) -> StumpEnsemble | StumpVote | None:
    """The ensemble or vote in a file, of the numbers of one input; None where it is another model.

    Raises:
        UserError: it cannot be read, or takes other inputs.
    """
    kind = kind_of(str(path))
    coding = fitted.context if isinstance(fitted.context, TableCoding) else None
    if kind in READERS:
        return READERS[kind](path).bound(coding, path.name)
    if kind != "onnx" or coding is None:
        return None
    found = read_onnx_trees(path, len(coding.columns))
    return None if found is None else found.bound(coding, path.name)
