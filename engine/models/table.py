"""Our own networks over rows of a table, from safetensors whose header describes the columns."""

from __future__ import annotations

from pathlib import Path

from engine.core.errors import UserError
from engine.inputs.coding import TableCoding
from engine.models.checkpoint import fill
from engine.models.native_file import own_identity
from engine.models.request import ModelRequest
from engine.models.table_network import TableNetwork
from engine.models.token_network import CodedClassifier
from engine.models.tokenizers import read_columns
from engine.models.weights import WeightFile, read_safetensors


class TableClassifier(CodedClassifier[TableCoding]):
    """A network that takes numbers (B, F) and codes (B, G)."""


def load_table_model(path: Path, request: ModelRequest) -> TableClassifier:
    """A network over rows; its header describes columns, classes and noise.

    Raises:
        UserError: damaged, without columns, or shapes that do not fit.
    """
    file = read_safetensors(path)
    coding = read_columns(path, file.metadata)
    network = _network(path, file, coding)
    identity = own_identity(
        path,
        request,
        file,
        network,
        classes=network.last.out_features,
        input_shape=(len(coding.numeric),),
        kind="table",
    )
    return TableClassifier(network, coding, identity)


def _network(path: Path, file: WeightFile, coding: TableCoding) -> TableNetwork:
    first, last = (
        tuple(file.tensors[k].shape) if k in file.tensors else ()
        for k in ("first.weight", "last.weight")
    )
    if len(first) != 2 or len(last) != 2 or last[0] < 2 or not coding.numeric or not coding.fields:
        raise UserError(f"{path} holds no weights of a network over rows of a table.")

    def build() -> TableNetwork:
        return TableNetwork(len(coding.numeric), coding.arities, last[0], hidden=first[0])

    filled = fill(build, file.tensors, path=path, arch="table_mlp")
    if not isinstance(filled, TableNetwork):
        raise TypeError(f"{type(filled).__name__} is no network over rows")
    return filled
