"""A session of onnxruntime on an ONNX file of images, and what goes in and comes out. No torch."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.errors import UserError, quoted
from engine.models.onnx_runtime import loaded
from engine.models.shapes import CHANNELS, ONLY, Shape, reasonable, words

CUDA, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"


@dataclass(frozen=True)
class Graph:
    """The one input and the one output of a model.

    Attributes:
        input_name, output_name: as the model calls them.
        shape: of one image, channels first.
        batch: the only batch size it takes; None for any.
        channels_last: it takes height, width, channels.
    """

    input_name: str
    output_name: str
    shape: Shape
    batch: int | None
    channels_last: bool = False

    def run(self, session: Any, images: np.ndarray) -> np.ndarray:
        """Whatever comes out for ``images`` (B, C, H, W), as float32."""
        if self.channels_last:
            images = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
        (scores,) = session.run([self.output_name], {self.input_name: images})
        found = np.asarray(scores, dtype=np.float32)
        # A head of 1 x 1 convolutions gives scores of shape (B, K, 1, 1).
        ones = found.ndim > 2 and all(side == 1 for side in found.shape[2:])
        return found.reshape(found.shape[:2]) if ones else found

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
    onnxruntime = loaded()

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.use_deterministic_compute = True
    options.log_severity_level = 4
    try:
        # Its own fallback would try again, and print on standard output.
        return onnxruntime.InferenceSession(
            str(path), options, providers=[*map(_as_stated, providers)], enable_fallback=0
        )
    except Exception as error:
        # onnxruntime has its own exception types, one per error code.
        raise _refusal(shown or path, str(error)) from error


def _as_stated(provider: str) -> str | tuple[str, dict[str, str]]:
    """A provider with float32 arithmetic: CUDA takes TF32, which keeps 10 of 23 bits, by itself."""
    return (provider, {"use_tf32": "0"}) if provider == CUDA else provider


def _refusal(path: Path, message: str) -> UserError:
    low = message.lower()
    newer = _newer(message)
    if newer:
        return UserError(f"{path} cannot be opened: {newer}.")
    if "external" in low:
        return UserError(
            f"{path} keeps its weights in another file that does not fit it; copy both again, or "
            "export the model as one file (external_data=False)."
        )
    if "not a registered function/op" in low or "no op registered" in low or "custom" in low:
        return UserError(
            f"{path} uses operators that onnxruntime does not know; export it with standard ones."
        )
    if "codec can't decode" in low or "protobuf" in low or "invalid_protobuf" in low:
        return _damaged(path)
    return UserError(f"{path} cannot be opened by onnxruntime: {first_line(message)}.")


def _newer(message: str) -> str:
    """That a model is of a later version of the format, with both numbers; else empty."""
    opset = re.search(r"Opset (\d+) is under .*domain (\S+) is till opset (\d+)", message)
    if opset:
        domain = "" if opset[2] == "ai.onnx" else f" of {quoted(opset[2], 40)}"
        return (
            f"opset {opset[1]}{domain} is newer than this onnxruntime reads (up to {opset[3]}); "
            f"export it with opset_version={opset[3]} or lower, or install a newer onnxruntime"
        )
    version = re.search(r"IR version: (\d+), max supported IR version: (\d+)", message)
    if version:
        return (
            f"its IR version {version[1]} is newer than this onnxruntime reads (up to "
            f"{version[2]}); export it with an older onnx, or install a newer onnxruntime"
        )
    return ""


def _damaged(path: Path) -> UserError:
    return UserError(f"{path} is a damaged or truncated ONNX file; copy or export it again.")


def first_line(error: object) -> str:
    """The part of onnxruntime's message that is about the model."""
    line = str(error).strip().partition("\n")[0].rpartition(" : ")[2]
    # The path it names is that of the private copy.
    line = line.rpartition(" failed:")[2]
    return quoted(line, 120).rstrip(". ") or type(error).__name__


def read_graph(path: Path, session: Any, wanted: Shape | None, output: str = "") -> Graph:
    """What goes in and comes out.

    Args:
        path: what refusals call the file.
        session: on it.
        wanted: shape of the image, where the model leaves it open.
        output: which output is read, where there are several.

    Raises:
        UserError: not one image in, or no row of scores out.
    """
    try:
        inputs, outputs = session.get_inputs(), session.get_outputs()
        return _described(path, inputs, named_output(path, outputs, output), wanted)
    except UnicodeDecodeError as error:  # a name, decoded when it is asked for
        raise _damaged(path) from error


def named_output(path: Path, outputs: list[Any], wanted: str) -> str:
    """The name of the output that is read: the one that is asked for, or the only row of scores."""
    names = [one.name for one in outputs]
    key = wanted.partition(":")[0]
    if key in names:
        return key
    rows = [one.name for one in outputs if one.type == "tensor(float)" and _is_row(one.shape)]
    usable = rows or names
    if len(usable) == 1:
        return str(usable[0])
    listed = ", ".join(quoted(name, 40) for name in usable) or "none"
    raise UserError(
        f"{path} has {len(names)} outputs, and {len(usable)} of them may be the scores ({listed}); "
        f"choose one with --output, e.g. --output {quoted(usable[0], 40) if usable else 0}."
    )


def _is_row(shape: Sequence[Any]) -> bool:
    return len(shape) == 2 or (len(shape) > 2 and all(side == 1 for side in shape[2:]))


def _described(path: Path, inputs: list[Any], output: str, wanted: Shape | None) -> Graph:
    if len(inputs) != 1:
        raise UserError(
            f"{path} has {len(inputs)} inputs; only models with one image in and rows of scores "
            "out open here."
        )
    source = inputs[0]
    if source.type != "tensor(float)" or len(source.shape) != 4:
        raise UserError(
            f"{path} takes {quoted(source.type)} of {len(source.shape)} dimensions; export it for "
            "float32 images as batch, channels, height, width."
        )
    batch, *image = source.shape
    last = _is_channels_last(image)
    return Graph(
        source.name,
        output,
        _image_shape(path, [image[2], *image[:2]] if last else image, wanted),
        batch if isinstance(batch, int) and batch > 0 else None,
        last,
    )


def _is_channels_last(image: Sequence[Any]) -> bool:
    """Whether a file's own sizes say height, width, channels: grey or RGB stands last alone.

    Where it could stand first too (3 x 5 x 3) it does, as in most files.
    """
    return image[2] in (1, 3) and isinstance(image[2], int) and image[0] not in CHANNELS


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


def stated_names(session: Any) -> tuple[str, ...]:
    """Class names in the metadata: a list, numbers with names, or names between commas."""
    return _stated(session, _NAMES)


def stated_columns(session: Any) -> tuple[str, ...]:
    """Names of the columns of a matrix in the metadata, written as class names are."""
    return _stated(session, _COLUMNS)


def _stated(session: Any, keys: Sequence[str]) -> tuple[str, ...]:
    facts = _metadata(session)
    text = next((facts[key] for key in keys if facts.get(key)), "")
    found = _literal(text)
    if isinstance(found, Mapping) and all(str(key).isdecimal() for key in found):
        return tuple(quoted(found[key], 80) for key in sorted(found, key=int))
    if isinstance(found, list | tuple):
        return tuple(quoted(one, 80) for one in found)
    words = text.splitlines() if "\n" in text else text.split(",")
    return tuple(quoted(word.strip(), 80) for word in words if word.strip())


def stated_numbers(session: Any) -> tuple[list[float], list[float]] | None:
    """Mean and deviation per channel in the metadata, for pixels in [0, 1]; None if not there."""
    facts = _metadata(session)
    for mean, std in (("mean", "std"), ("image_mean", "image_std")):
        found = [_literal(facts.get(key, "")) for key in (mean, std)]
        numbers = [_as_numbers(one) for one in found]
        if all(numbers):
            # Deviations above 2 can only be of pixels in 0..255.
            scale = 255.0 if max(numbers[1]) > 2 else 1.0
            return [m / scale for m in numbers[0]], [s / scale for s in numbers[1]]
    return None


_NAMES = ("names", "class_names", "classes", "labels", "id2label")
_COLUMNS = ("feature_names", "feature_names_in_", "columns", "features")
_MOST_METADATA = 1 << 20


def _metadata(session: Any) -> dict[str, str]:
    try:
        found: dict[str, str] = session.get_modelmeta().custom_metadata_map
    except UnicodeDecodeError:  # texts, decoded when they are asked for
        return {}
    return {key: text for key, text in found.items() if len(text) <= _MOST_METADATA}


def _literal(text: str) -> Any:
    """JSON, or a literal of Python as some exporters write it; None for other text."""
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
    numbers = re.fullmatch(r"[\d.eE+-]+(?:[,\s]+[\d.eE+-]+)*", text.strip())
    try:
        return [float(one) for one in re.split(r"[,\s]+", text.strip())] if numbers else None
    except ValueError:
        return None


def _as_numbers(found: Any) -> list[float]:
    listed = found if isinstance(found, list | tuple) else [found]
    usable = all(isinstance(one, int | float) and math.isfinite(one) for one in listed)
    return [float(one) for one in listed] if usable else []
