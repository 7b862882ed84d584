"""Text classifiers in ONNX: a graph on token ids, and the tokenizer in a folder beside it.

A batch holds tokens of the alphabet of :mod:`engine.models.tokenizers`; the marks around a text,
and the filling of a graph of fixed length, which its mask leaves aside, come after the noise.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.core.errors import UserError
from engine.core.records import ModelIdentity, PartIdentity
from engine.models.base import Classifier, checked_scores, in_chunks, only_fp32
from engine.models.head import Head, flat, head_of, many_labels
from engine.models.image_settings import understood
from engine.models.input_layout import ANY
from engine.models.names import class_names
from engine.models.onnx_data import onnx_digest
from engine.models.onnx_session import first_line, stated_names
from engine.models.onnx_text_graph import (
    TextGraph,
    longest,
    names_in,
    read_text_graph,
    tokenizer_folder,
)
from engine.models.pretrained_files import TOKENIZER, folder_digest
from engine.models.request import ModelRequest
from engine.models.tokenizers import HuggingFaceTokenizer, tokenizer_beside

_EXPORTED = "an ONNX file, which runs as it was exported"


class OnnxTextClassifier(Classifier):
    """An onnxruntime session on token ids; no gradients, float32 only."""

    def __init__(
        self,
        session: Any,
        graph: TextGraph,
        tokenizer: HuggingFaceTokenizer,
        identity: ModelIdentity,
        head: Head | None = None,
    ) -> None:
        self.identity = identity
        self._session, self._graph, self._head = session, graph, head
        self._tokenizer = tokenizer
        self._ids = np.array([*tokenizer.ids.tolist(), tokenizer.mask], dtype=np.int64)

    @property
    def coding(self) -> HuggingFaceTokenizer:
        """Its tokenizer."""
        return self._tokenizer

    def prepare(self, device: torch.device, precision: str) -> None:
        """It runs on the CPU, as it was exported."""
        del device
        only_fp32(precision, _EXPORTED)

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """Scores (B, K) of tokens (B, L) on the batch's device."""
        found = in_chunks(self._run, batch, self._graph.batch)
        return (self._head.scores(found) if self._head else found).to(batch.device)

    def _run(self, tokens: torch.Tensor) -> torch.Tensor:
        ids = self._ids[tokens.cpu().numpy()]
        around = [
            np.broadcast_to(np.array(marks, dtype=np.int64), (len(ids), len(marks)))
            for marks in (self._tokenizer.before, self._tokenizer.after)
        ]
        whole = np.concatenate([around[0], ids, around[1]], axis=1)
        return flat(torch.from_numpy(self._graph.run(self._session, whole)))


def text_classifier(path: Path, request: ModelRequest, session: Any) -> OnnxTextClassifier:
    """A classifier on a session that was met in a child before.

    Raises:
        UserError: no tokenizer beside it, other inputs, or no row of scores.
    """
    graph = read_text_graph(path, session, request.output)
    tokenizer, folder, config = tokenizer_for(path, graph, session)
    count = _count(path, graph, session)
    stated = stated_names(session) or understood(folder, config).labels
    names = stated if len(stated) == count else ()
    head = head_of(path, request, count, names, many=many_labels(config, request))
    parts = (
        PartIdentity(role="weights", name=path.name, sha256=onnx_digest(path)),
        PartIdentity(
            role="tokenizer",
            name="tokenizer",
            sha256=folder_digest(folder, TOKENIZER),
            source=str(folder),
        ),
    )
    identity = ModelIdentity(
        name=path.name,
        source=request.spec,
        format="onnx",
        sha256="",
        parts=parts,
        architecture="ONNX graph",
        class_names=class_names(
            2 if head else count,
            given=request.class_names,
            stored=head.class_names if head else names,
        ),
        input_shape=(ANY,),
        kind="text",
        notes=tuple(filter(None, (tokenizer.note, head.note if head else ""))),
    )
    whole = identity.model_copy(update={"sha256": identity.composed_sha256()})
    return OnnxTextClassifier(session, graph, tokenizer, whole, head)


def tokenizer_for(
    path: Path, graph: TextGraph, session: Any
) -> tuple[HuggingFaceTokenizer, Path, dict[str, Any]]:
    """The tokenizer beside a graph, for texts as long as it takes, its folder and configuration.

    Raises:
        UserError: there is none, or the graph does not run on its tokens.
    """
    folder = tokenizer_folder(path)
    config = names_in((path.parent, folder))
    known = tokenizer_beside(folder, config)
    marks = len(known.before) + len(known.after)
    largest = int(max(*known.ids, *known.before, *known.after, known.mask))
    most = longest(path, graph, session, known.longest + marks, largest)
    if most <= marks:
        raise UserError(f"{path} leaves no room for a single token.")
    return known.of_length(most), folder, config


def _count(path: Path, graph: TextGraph, session: Any) -> int:
    """Number of scores of a trial."""
    try:
        return checked_scores(flat(torch.from_numpy(graph.trial(session))), graph.rows, least=1)
    except ValueError as error:
        raise UserError(f"{path} is not a text classifier: {error}.") from error
    except Exception as error:
        # onnxruntime has its own exception types, one per error code.
        raise UserError(f"{path} does not run on a text: {first_line(error)}.") from error
