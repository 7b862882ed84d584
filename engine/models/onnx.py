"""ONNX models of images and of rows of a table through onnxruntime: data, not code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.certificates.stump_vote import StumpVote
from engine.certificates.stumps import StumpEnsemble
from engine.core.errors import UserError, quoted
from engine.core.records import ModelIdentity
from engine.inputs.base import FittedInput
from engine.inputs.coding import Column, Columns, TableCoding, number
from engine.models.base import PLACES, Classifier, checked_scores, in_chunks, only_fp32
from engine.models.head import Head, head_of
from engine.models.input_layout import ANY, choose_encoding
from engine.models.names import class_names
from engine.models.normalize import Normalization, choose, stored_numbers
from engine.models.onnx_data import SIZE_LIMIT, onnx_digest, private_copy
from engine.models.onnx_probe import probe
from engine.models.onnx_runtime import loaded
from engine.models.onnx_session import (
    CPU,
    CUDA,
    Graph,
    first_line,
    open_session,
    read_graph,
    stated_columns,
    stated_names,
    stated_numbers,
)
from engine.models.onnx_table_graph import Cells, TableGraph, is_tabular, read_table_graph
from engine.models.onnx_text import text_classifier
from engine.models.onnx_text_graph import is_text
from engine.models.opened import read_again
from engine.models.request import ModelRequest
from engine.models.shapes import Shape, split_arch, words
from engine.models.stumps.onnx_trees import read_onnx_trees
from engine.schemes import Scheme

_EXPORTED = "an ONNX file, which runs as it was exported"
_ONE_AT_A_TIME = (
    "It was exported for one image a call, so every sample is a call of its own; it would be "
    "faster with a dynamic batch size."
)
_CHANNELS_LAST = "It takes height, width, channels, as its input's sizes show."


def load_onnx(path: Path, request: ModelRequest) -> Classifier:
    """A classifier from an ONNX file: of images, or of rows of a table.

    Raises:
        UserError: damaged, with weights in other files, with operators unknown to onnxruntime, or
            neither one image nor columns in, or no row of scores out.
    """
    _, wanted = split_arch(request.arch)
    session = met_session(path, wanted, request.output)
    if is_text(session):
        return text_classifier(path, request, session)
    if is_tabular(session):
        return table_classifier(path, request, session)
    return _image_classifier(path, request, session, wanted)


def met_session(path: Path, wanted: Shape | None = None, output: str = "") -> Any:
    """A session on a file that a child has opened and run before.

    Raises:
        UserError: as :func:`load_onnx`.
    """
    if path.stat().st_size > SIZE_LIMIT:
        raise UserError(f"{path} is larger than 2 GB, the limit of an ONNX file.")
    with private_copy(path) as copy:
        probe(copy, wanted, shown=path, output=output)
        return open_session(copy, threads=torch.get_num_threads(), shown=path)


def _image_classifier(
    path: Path, request: ModelRequest, session: Any, wanted: Shape | None
) -> OnnxClassifier:
    places = request.outputs is not None
    graph = read_graph(path, session, wanted, request.output)
    graph, count = _settled(path, session, graph, places=places)
    encoding, told = choose_encoding(request.encoding, graph.shape[0], path=path)
    normalization = choose(request.normalize, stored=_stored(path, session), encoding=encoding)
    names = stated_names(session)
    head = head_of(path, request, count, names if len(names) == count else ())
    classes, family = (2, "") if head else (count, "imagenet" if count == 1000 else "")
    plain = encoding == "plain" and not places
    several = len(session.get_outputs()) > 1
    identity = ModelIdentity(
        name=path.name,
        source=request.spec,
        format="onnx",
        sha256=onnx_digest(path),
        architecture=f"ONNX graph, output {quoted(graph.output_name)}" if several else "ONNX graph",
        class_names=class_names(
            classes,
            given=request.class_names,
            stored=head.class_names if head else names,
            family=family,
        ),
        input_shape=graph.shape,
        encoding=encoding,
        normalization=normalization.words,
        normalization_origin=normalization.origin,
        resize=normalization.resize,
        notes=tuple(
            note
            for note in (
                told,
                normalization.note,
                head.note if head else "",
                _ONE_AT_A_TIME if graph.batch == 1 else "",
                _CHANNELS_LAST if graph.channels_last else "",
                *(_looked(session, graph, normalization, head) if plain else ()),
            )
            if note
        ),
    )
    return OnnxClassifier(path, session, graph, normalization, identity, head)


class OnnxClassifier(Classifier):
    """An onnxruntime session; no gradients, float32 only."""

    def __init__(
        self,
        path: Path,
        session: Any,
        graph: Graph,
        normalization: Normalization,
        identity: ModelIdentity,
        head: Head | None = None,
    ) -> None:
        self.identity = identity
        self._path, self._head = path, head
        self._session = session
        self._graph = graph
        self._layer = normalization.layer(graph.shape[0], identity.encoding)
        self._provider = CPU

    def prepare(self, device: torch.device, precision: str) -> None:
        """Use CUDA where the device is a CUDA device and onnxruntime can; else the CPU."""
        only_fp32(precision, _EXPORTED)
        self._layer.to(device)
        provider = _provider(device)
        if provider != self._provider:
            with read_again(self._path, self.identity), private_copy(self._path) as copy:
                self._session = open_session(
                    copy,
                    threads=torch.get_num_threads(),
                    providers=(provider, CPU),
                    shown=self._path,
                )
            self._provider = provider

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """Scores (B, K) on the batch's device."""
        return self.network(self._layer(batch.detach()))

    def network(self, images: torch.Tensor) -> torch.Tensor:
        """Scores (B, K) of normalised images, on their device."""
        scores = in_chunks(
            lambda chunk: _run(self._session, self._graph, chunk), images, self._graph.batch
        )
        return (self._head.scores(scores) if self._head else scores).to(images.device)


def _run(session: Any, graph: Graph, batch: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(graph.run(session, np.ascontiguousarray(batch.cpu().numpy())))


def _settled(path: Path, session: Any, graph: Graph, *, places: bool) -> tuple[Graph, int]:
    """The batch size that a trial on black images shows, and the number of scores."""
    try:
        return graph, _count(session, graph, places=places)
    except Exception as error:
        # Of a graph that was traced for one image, more of them fail anywhere, or give one row.
        alone = replace(graph, batch=1)
        if graph.batch is None:
            with suppress(Exception):  # then the first one says more
                return alone, _count(session, alone, places=places)
        if isinstance(error, ValueError):
            raise UserError(f"{path} is not an image classifier: {error}{PLACES}.") from error
        raise UserError(
            f"{path} does not run on a {words(graph.shape)} image: {first_line(error)}."
        ) from error


def _count(session: Any, graph: Graph, *, places: bool) -> int:
    trial = _run(session, graph, torch.zeros(graph.rows, *graph.shape))
    return checked_scores(trial, graph.rows, least=1, places=places)


def _looked(
    session: Any, graph: Graph, normalization: Normalization, head: Head | None
) -> Iterator[str]:
    """What three images tell: scores that hardly differ, or that are no row of one choice."""
    noise = torch.rand(1, *graph.shape, generator=torch.Generator().manual_seed(0))
    images = torch.cat([torch.zeros_like(noise), torch.ones_like(noise), noise])
    images = normalization.layer(graph.shape[0])(images)
    scores = in_chunks(lambda chunk: _run(session, graph, chunk), images, graph.batch).double()
    probable = bool((scores >= 0).all()) and torch.allclose(scores.sum(1).cpu(), _ONE, atol=1e-3)
    logits = scores.clamp_min(1e-300).log() if probable else scores
    several = logits.shape[1] > 1  # what is added to all of them changes no class
    spread = (logits - logits.mean(1, keepdim=True) * several).std(0).max()
    if spread < _FLAT and normalization.origin == "default":
        yield (
            "Its scores hardly change between a black image, a white one and noise (by "
            f"{spread:.2g}): it may take pixels of 0 to 255 (--normalize scale=255)."
        )
    if head is None and not probable and bool(((scores >= 0) & (scores <= 1)).all()):
        yield (
            "Its scores lie between 0 and 1 and do not add up to 1, as those of labels that may "
            "hold at once; the highest wins here (--output LABEL --threshold 0.5 takes one)."
        )


_ONE = torch.ones((), dtype=torch.float64)
_FLAT = 0.1
"""Standard deviation of logits below which a network is taken to see nothing."""


def _stored(path: Path, session: Any) -> Normalization | None:
    found = stated_numbers(session)
    try:
        return stored_numbers(*found) if found else None
    except ValueError as error:
        raise UserError(f"{path}: its metadata cannot be used: {error}.") from error


def _provider(device: torch.device) -> str:
    usable = device.type == "cuda" and CUDA in loaded().get_available_providers()
    return CUDA if usable else CPU


class OnnxTableClassifier(Classifier):
    """An onnxruntime session on columns; bound to a row it knows how they were standardised."""

    def __init__(
        self,
        session: Any,
        graph: TableGraph,
        identity: ModelIdentity,
        path: Path,
        coding: TableCoding | None = None,
    ) -> None:
        self.identity = identity
        self._session, self._graph, self._path, self._used = session, graph, path, coding

    @property
    def stumps(self) -> StumpEnsemble | StumpVote | None:
        """Its trees, where they are stumps and all that it is."""
        coding = self._used
        if coding is None:
            return None
        with read_again(self._path, self.identity):
            found = read_onnx_trees(self._path, len(coding.columns))
        return found.bound(coding, self.identity.name) if found else None

    @property
    def coding(self) -> Columns:
        """The names of its columns; the table tells what is in them."""
        return columns_of(self._graph, self._session)

    def bound_to(self, fitted: FittedInput, scheme: Scheme | None = None) -> OnnxTableClassifier:
        """This model for rows standardised as ``fitted`` was.

        Raises:
            UserError: the input is not a row, or has columns that the model does not take.
        """
        coding = fitted.context
        if not isinstance(coding, TableCoding):
            raise UserError(
                f"The model '{self.identity.name}' takes a row of a table, e.g. rows.csv:3."
            )
        self._check(coding)
        return OnnxTableClassifier(self._session, self._graph, self.identity, self._path, coding)

    def prepare(self, device: torch.device, precision: str) -> None:
        """It runs on the CPU, as it was exported."""
        del device
        only_fp32(precision, _EXPORTED)

    def scores(self, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        """Probabilities (B, K) of standardised numbers (B, F) and codes (B, G).

        Raises:
            UserError: the model is not bound to a row.
        """
        if self._used is None:
            raise UserError(
                f"The model '{self.identity.name}' needs to know its table; name a row first."
            )
        numbers, codes = (part.cpu().numpy() for part in batch)
        columns = _columns(self._used, self._dtypes, numbers, codes)
        found = self._graph.run(self._session, columns)
        return torch.from_numpy(found).to(batch[0].device)

    @property
    def _dtypes(self) -> tuple[Any, ...]:
        return self._graph.dtypes * (self._graph.width or 1)

    def _check(self, coding: TableCoding) -> None:
        """Words go where the model takes words, numbers where it takes numbers."""
        if self._graph.width and len(coding.columns) != self._graph.width:
            raise UserError(
                f"The model '{self.identity.name}' takes {self._graph.width} columns, the table "
                f"has {len(coding.columns)}; give the table that it was trained on."
            )
        for column, dtype in zip(coding.columns, self._dtypes, strict=True):
            words = dtype is np.object_
            if words and not column.categorical:
                raise UserError(
                    f"The model '{self.identity.name}' takes words in the column '{column.name}'; "
                    f"call it categorical with ?types={column.name}:categorical."
                )
            if not words and any(number(value) is None for value in column.values):
                raise UserError(
                    f"The model '{self.identity.name}' takes numbers in the column "
                    f"'{column.name}', but the table has words there."
                )


def _columns(
    coding: TableCoding, dtypes: Sequence[Any], numbers: Cells, codes: Cells
) -> list[Cells]:
    """The table's own cells: what the noise moved, back in the units of the columns."""
    number_at, field_at, found = 0, 0, []
    for column, dtype in zip(coding.columns, dtypes, strict=True):
        if column.categorical:
            found.append(_values(column, dtype)[codes[:, field_at]])
            field_at += 1
        else:
            found.append(column.mean + column.scale * numbers[:, number_at].astype(np.float64))
            number_at += 1
    return found


def _values(column: Column, dtype: Any) -> Cells:
    """What a model is given for each code: words as the table writes them, or their numbers."""
    if dtype is np.object_:
        return np.array(column.values, dtype=np.object_)
    return np.array([float(value) for value in column.values], dtype=np.float64)


def columns_of(graph: TableGraph, session: Any) -> Columns:
    """The names of a model's columns: of its inputs, or of a matrix those in its metadata."""
    if not graph.width:
        return Columns(graph.names)
    stated = stated_columns(session)
    return Columns(stated if len(stated) == graph.width else ())


def table_classifier(path: Path, request: ModelRequest, session: Any) -> OnnxTableClassifier:
    """A classifier on a session that was met in a child before.

    Raises:
        UserError: its inputs are no columns, or it does not run.
    """
    graph = read_table_graph(path, session)
    try:
        classes = graph.trial(session).shape[1]
    except Exception as error:
        # onnxruntime has its own exception types, one per error code.
        raise UserError(f"{path} does not run on a row of zeros: {first_line(error)}.") from error
    if classes < 2:
        raise UserError(f"{path} is not a classifier: it gives a single score for each row.")
    identity = ModelIdentity(
        name=path.name,
        source=request.spec,
        format="onnx",
        sha256=onnx_digest(path),
        architecture="ONNX graph",
        class_names=class_names(classes, given=request.class_names, stored=stated_names(session)),
        input_shape=(ANY,),
        kind="table",
    )
    return OnnxTableClassifier(session, graph, identity, path)
