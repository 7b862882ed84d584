"""ONNX models through onnxruntime: data, not code."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.core.errors import UserError
from engine.core.files import sha256_file
from engine.core.records import ModelIdentity
from engine.models.base import Classifier
from engine.models.batching import checked_scores, in_chunks
from engine.models.encoding import choose_encoding
from engine.models.names import class_names
from engine.models.normalize import Normalization, choose
from engine.models.onnx_probe import probe
from engine.models.onnx_session import CPU, Graph, first_line, is_tabular, open_session, read_graph
from engine.models.onnx_table import table_classifier
from engine.models.request import ModelRequest
from engine.models.shapes import Shape, split_arch, words

_SIZE_LIMIT = 2 << 30


def load_onnx(path: Path, request: ModelRequest) -> Classifier:
    """A classifier from an ONNX file: of images, or of rows of a table.

    Raises:
        UserError: damaged, with weights in other files, with operators unknown to onnxruntime, or
            neither one image nor columns in, or no row of scores out.
    """
    _, wanted = split_arch(request.arch)
    session = met_session(path, wanted)
    if is_tabular(session):
        return table_classifier(path, request, session)
    return _image_classifier(path, request, session, wanted)


def met_session(path: Path, wanted: Shape | None = None) -> Any:
    """A session on a file that a child has opened and run before.

    Raises:
        UserError: as :func:`load_onnx`.
    """
    if path.stat().st_size > _SIZE_LIMIT:
        raise UserError(f"{path} is larger than 2 GB, the limit of an ONNX file.")
    with _private(path) as copy:
        probe(copy, wanted, shown=path)
        return open_session(copy, threads=torch.get_num_threads(), shown=path)


def _image_classifier(
    path: Path, request: ModelRequest, session: Any, wanted: Shape | None
) -> OnnxClassifier:
    graph = read_graph(path, session, wanted)
    encoding, told = choose_encoding(request.encoding, graph.shape[0], path=path)
    normalization = choose(request.normalize, encoding=encoding)
    classes = _class_count(path, session, graph)
    identity = ModelIdentity(
        name=path.name,
        source=request.spec,
        format="onnx",
        sha256=sha256_file(path),
        architecture="ONNX graph",
        class_names=class_names(
            classes, given=request.class_names, family="imagenet" if classes == 1000 else ""
        ),
        input_shape=graph.shape,
        encoding=encoding,
        normalization=normalization.words,
        normalization_origin=normalization.origin,
        notes=tuple(note for note in (told, normalization.note) if note),
    )
    return OnnxClassifier(path, session, graph, normalization, identity)


class OnnxClassifier(Classifier):
    """An onnxruntime session; no gradients, float32 only."""

    def __init__(
        self,
        path: Path,
        session: Any,
        graph: Graph,
        normalization: Normalization,
        identity: ModelIdentity,
    ) -> None:
        self.identity = identity
        self._path = path
        self._session = session
        self._graph = graph
        self._layer = normalization.layer(graph.shape[0], identity.encoding)
        self._provider = CPU

    def prepare(self, device: torch.device, precision: str) -> None:
        """Use CUDA where the device is a CUDA device and onnxruntime can; else the CPU."""
        if precision != "fp32":
            raise UserError(
                f"Precision {precision} does not work for an ONNX file, which runs as it was "
                "exported; choose fp32."
            )
        self._layer.to(device)
        provider = _provider(device)
        if provider != self._provider:
            with _private(self._path) as copy:
                self._session = open_session(
                    copy,
                    threads=torch.get_num_threads(),
                    providers=(provider, CPU),
                    shown=self._path,
                )
            self._provider = provider

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """Scores (B, K) on the batch's device."""
        images = self._layer(batch.detach())
        scores = in_chunks(
            lambda chunk: _run(self._session, self._graph, chunk), images, self._graph.batch
        )
        return scores.to(batch.device)


def _run(session: Any, graph: Graph, batch: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(graph.run(session, np.ascontiguousarray(batch.cpu().numpy())))


def _class_count(path: Path, session: Any, graph: Graph) -> int:
    """Number of classes, from a trial on black images."""
    rows = graph.rows
    try:
        trial = _run(session, graph, torch.zeros(rows, *graph.shape))
        return checked_scores(trial, rows)
    except ValueError as error:
        raise UserError(f"{path} is no image classifier: {error}.") from error
    except Exception as error:
        # onnxruntime has its own exception types, one per error code.
        raise UserError(
            f"{path} does not run on a {words(graph.shape)} image: {first_line(error)}."
        ) from error


def _provider(device: torch.device) -> str:
    import onnxruntime

    cuda = "CUDAExecutionProvider"
    usable = device.type == "cuda" and cuda in onnxruntime.get_available_providers()
    return cuda if usable else CPU


@contextmanager
def _private(path: Path) -> Iterator[Path]:
    """A copy that lies alone in a folder, so that the model reaches no other file."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "model.onnx"
        try:
            shutil.copyfile(path, copy)
        except OSError as error:
            raise UserError(f"Cannot read {path}: {error.strerror or error}.") from error
        yield copy
