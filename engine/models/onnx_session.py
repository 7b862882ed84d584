"""A session of onnxruntime on an ONNX file, and what goes in and comes out. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.errors import UserError, quoted
from engine.models.shapes import ONLY, Shape, reasonable, words

CPU = "CPUExecutionProvider"


@dataclass(frozen=True)
class Graph:
    """The one input and the one output of a model.

    Attributes:
        input_name, output_name: as the model calls them.
        shape: of one image.
        batch: the only batch size it takes; None for any.
    """

    input_name: str
    output_name: str
    shape: Shape
    batch: int | None

    def run(self, session: Any, images: np.ndarray) -> np.ndarray:
        """Whatever comes out for ``images``, as float32."""
        (scores,) = session.run([self.output_name], {self.input_name: images})
        return np.asarray(scores, dtype=np.float32)

    @property
    def rows(self) -> int:
        """Images of a trial."""
        return self.batch or 2


def open_session(
    path: Path, *, threads: int, providers: Sequence[str] = (CPU,), shown: Path | None = None
) -> Any:
    """An onnxruntime session.

    Args:
        path: of the model, alone in its folder so that it reaches no other file.
        threads: for one operator.
        providers: of the devices, best first.
        shown: what refusals call the file; None for ``path``.

    Raises:
        UserError: it cannot be opened; one sentence says why.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.use_deterministic_compute = True
    options.log_severity_level = 4
    try:
        # Its own fallback would try again, and print on standard output.
        return onnxruntime.InferenceSession(
            str(path), options, providers=list(providers), enable_fallback=0
        )
    except Exception as error:
        # onnxruntime has its own exception types, one per error code.
        raise _refusal(shown or path, str(error)) from error


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
    if "codec can't decode" in low or "protobuf" in low or "invalid_protobuf" in low:
        return _damaged(path)
    return UserError(f"{path} cannot be opened by onnxruntime: {first_line(message)}.")


def _damaged(path: Path) -> UserError:
    return UserError(f"{path} is a damaged or truncated ONNX file; copy or export it again.")


def first_line(error: object) -> str:
    """The part of onnxruntime's message that is about the model."""
    line = str(error).strip().partition("\n")[0].rpartition(" : ")[2]
    # The path it names is that of the private copy.
    line = line.rpartition(" failed:")[2]
    return quoted(line, 120).rstrip(". ") or type(error).__name__


def read_graph(path: Path, session: Any, wanted: Shape | None) -> Graph:
    """What goes in and comes out.

    Args:
        path: what refusals call the file.
        session: on it.
        wanted: shape of the image, where the model leaves it open.

    Raises:
        UserError: not one image in, one row of scores out.
    """
    try:
        return _described(path, session.get_inputs(), session.get_outputs(), wanted)
    except UnicodeDecodeError as error:  # a name, decoded when it is asked for
        raise _damaged(path) from error


def _described(path: Path, inputs: list[Any], outputs: list[Any], wanted: Shape | None) -> Graph:
    if len(inputs) != 1 or len(outputs) != 1:
        raise UserError(
            f"{path} has {len(inputs)} inputs and {len(outputs)} outputs; only models with one "
            "image in and one row of scores out open here."
        )
    source = inputs[0]
    if source.type != "tensor(float)" or len(source.shape) != 4:
        raise UserError(
            f"{path} takes {quoted(source.type)} of {len(source.shape)} dimensions; export it for "
            "float32 images as batch, channels, height, width."
        )
    batch, *image = source.shape
    return Graph(
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
        raise UserError(f"{path} takes {words(shape)} images; {ONLY}.")
    return shape
