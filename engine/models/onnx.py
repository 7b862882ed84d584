"""ONNX models through onnxruntime: data, not code."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.errors import UserError
from engine.files import sha256_file
from engine.models.base import Classifier
from engine.models.batching import checked_scores, in_chunks
from engine.models.names import class_names
from engine.models.normalize import Normalization, choose
from engine.models.request import ModelRequest
from engine.models.shapes import Shape, reasonable, split_arch, words
from engine.records import ModelIdentity

_SIZE_LIMIT = 2 << 30


@dataclass(frozen=True)
class _Graph:
    """The one input and the one output of a model."""

    input_name: str
    output_name: str
    shape: Shape
    batch: int | None


def load_onnx(path: Path, request: ModelRequest) -> OnnxClassifier:
    """A classifier from an ONNX file.

    Raises:
        UserError: damaged, with weights in other files, with operators unknown to onnxruntime, or
            not one image in, one row of scores out.
    """
    if path.stat().st_size > _SIZE_LIMIT:
        raise UserError(f"{path} is larger than 2 GB, the limit of an ONNX file.")
    session = _open(path, ["CPUExecutionProvider"])
    _, wanted_shape = split_arch(request.arch)
    graph = _graph(path, session, wanted_shape)
    normalization = choose(request.normalize)
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
        normalization=normalization.words,
        normalization_origin=normalization.origin,
        notes=(normalization.note,) if normalization.note else (),
    )
    return OnnxClassifier(path, session, graph, normalization, identity)


class OnnxClassifier(Classifier):
    """An onnxruntime session; no gradients, float32 only."""

    def __init__(
        self,
        path: Path,
        session: Any,
        graph: _Graph,
        normalization: Normalization,
        identity: ModelIdentity,
    ) -> None:
        self.identity = identity
        self._path = path
        self._session = session
        self._graph = graph
        self._layer = normalization.layer(graph.shape[0])
        self._provider = "CPUExecutionProvider"

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
            self._session = _open(self._path, [provider, "CPUExecutionProvider"])
            self._provider = provider

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """Scores (B, K) on the batch's device."""
        images = self._layer(batch.detach())
        scores = in_chunks(
            lambda chunk: _run(self._session, self._graph, chunk), images, self._graph.batch
        )
        return scores.to(batch.device)


def _run(session: Any, graph: _Graph, batch: torch.Tensor) -> torch.Tensor:
    array = np.ascontiguousarray(batch.cpu().numpy())
    (scores,) = session.run([graph.output_name], {graph.input_name: array})
    return torch.from_numpy(np.asarray(scores, dtype=np.float32))


def _class_count(path: Path, session: Any, graph: _Graph) -> int:
    """Number of classes, from a trial on black images."""
    rows = graph.batch or 2
    try:
        trial = _run(session, graph, torch.zeros(rows, *graph.shape))
        return checked_scores(trial, rows)
    except ValueError as error:
        raise UserError(f"{path} is no image classifier: {error}.") from error
    except Exception as error:
        # onnxruntime has its own exception types, one per error code.
        raise UserError(
            f"{path} does not run on a {words(graph.shape)} image: {_first_line(error)}."
        ) from error


def _provider(device: torch.device) -> str:
    import onnxruntime

    cuda = "CUDAExecutionProvider"
    usable = device.type == "cuda" and cuda in onnxruntime.get_available_providers()
    return cuda if usable else "CPUExecutionProvider"


def _open(path: Path, providers: list[str]) -> Any:
    """A session on a copy that lies alone in a private folder, so that it reaches no other file."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.use_deterministic_compute = True
    options.log_severity_level = 4
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as private:
        copy = Path(private) / "model.onnx"
        try:
            shutil.copyfile(path, copy)
        except OSError as error:
            raise UserError(f"Cannot read {path}: {error.strerror or error}.") from error
        try:
            return onnxruntime.InferenceSession(str(copy), options, providers=providers)
        except Exception as error:
            # onnxruntime has its own exception types, one per error code.
            raise _refusal(path, str(error)) from error


def _refusal(path: Path, message: str) -> UserError:
    low = message.lower()
    if "external" in low:
        return UserError(
            f"{path} keeps its weights in another file, which is not opened; export it as one file."
        )
    if "not a registered function/op" in low or "no op registered" in low or "custom" in low:
        return UserError(
            f"{path} uses operators that onnxruntime does not know; export it with standard ones."
        )
    if "protobuf" in low or "invalid_protobuf" in low:
        return UserError(f"{path} is a damaged or truncated ONNX file; copy or export it again.")
    return UserError(f"{path} cannot be opened by onnxruntime: {_first_line(message)}.")


def _first_line(error: object) -> str:
    line = str(error).strip().partition("\n")[0].rpartition(" : ")[2]
    # The path it names is that of the private copy.
    line = line.rpartition(" failed:")[2]
    return line[:200].rstrip(". ") or type(error).__name__


def _graph(path: Path, session: Any, wanted: Shape | None) -> _Graph:
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or len(outputs) != 1:
        raise UserError(
            f"{path} has {len(inputs)} inputs and {len(outputs)} outputs; only models with one "
            "image in and one row of scores out open here."
        )
    source = inputs[0]
    if source.type != "tensor(float)" or len(source.shape) != 4:
        raise UserError(
            f"{path} takes {source.type} of {len(source.shape)} dimensions; export it for float32 "
            "images as batch, channels, height, width."
        )
    batch, *image = source.shape
    return _Graph(
        source.name,
        outputs[0].name,
        _image_shape(path, image, wanted),
        batch if isinstance(batch, int) and batch > 0 else None,
    )


def _image_shape(path: Path, image: list[Any], wanted: Shape | None) -> Shape:
    if all(isinstance(size, int) and size > 0 for size in image):
        shape = (int(image[0]), int(image[1]), int(image[2]))
    elif wanted is not None:
        shape = wanted
    else:
        raise UserError(
            f"{path} does not fix the size of its image; name it with --arch @3x224x224, or export "
            "it with a fixed size."
        )
    if not reasonable(shape):
        raise UserError(
            f"{path} takes {words(shape)} images; only channels first with 1 or 3 channels and "
            "sides up to 4096 work."
        )
    return shape
