"""Models: a file, a folder or a name becomes a classifier.

Importing this package loads no torch; each format's module is imported when it is needed.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.core.errors import UserError
from engine.models.demo import Shipped, catalogue, load_demo
from engine.models.kinds import Kind, kind_of
from engine.models.request import ModelRequest, NormalizeName

if TYPE_CHECKING:
    from engine.inputs import GivenInput
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier


class Format(NamedTuple):
    """One way in which a model may come.

    Attributes:
        title: for people.
        module, function: what loads it, as ``function(path, request)``.
        code: the format can run code, so it needs consent.
    """

    title: str
    module: str
    function: str
    code: bool = False


FORMATS: dict[Kind, Format] = {
    "safetensors": Format("safetensors weights", "checkpoint", "load_safetensors"),
    "graph": Format("safetensors weights of a graph network", "graph", "load_graph_model"),
    "text": Format("safetensors weights for texts", "text", "load_text_model"),
    "pair": Format("safetensors weights for images with texts", "pair", "load_pair_model"),
    "table": Format("safetensors weights for rows of a table", "table", "load_table_model"),
    "writer": Format("safetensors weights of a generative model", "text_generator", "load_writer"),
    "torch": Format("PyTorch state_dict or checkpoint", "checkpoint", "load_torch"),
    "huggingface": Format("Hugging Face folder", "huggingface", "load_folder"),
    "hub": Format("Hugging Face id", "huggingface", "load_hub"),
    "generative": Format(
        "Hugging Face generative model", "huggingface_generative", "load_generative"
    ),
    "onnx": Format("ONNX", "onnx", "load_onnx"),
    "pt2": Format("torch.export program", "exported", "load_exported", code=True),
    "torchscript": Format("TorchScript", "torchscript", "load_torchscript", code=True),
}
"""Every format but the shipped models. Adding one is a file, a line here and a rule in kinds.py."""


def load_model(request: ModelRequest) -> Classifier:
    """The classifier that ``request`` names.

    Raises:
        UserError: there is no such model, or it cannot be used; one sentence says why.
        TrustRequired: its format can run code and ``request.trust`` is not set.
    """
    kind = kind_of(request.spec)
    if kind == "demo":
        return load_demo(request)
    found = FORMATS[with_oracle(kind, request)]
    if found.code and not request.trust:
        _ask_for_trust(Path(request.spec), found)
    module = importlib.import_module(f"engine.models.{found.module}")
    classifier: Classifier = getattr(module, found.function)(Path(request.spec), request)
    return classifier


def with_oracle(kind: Kind, request: ModelRequest) -> Kind:
    """An oracle says that a Hugging Face model is meant to write.

    Raises:
        UserError: it, or a prompt, is given for a model of another kind.
    """
    asked = request.oracle is not None or request.prompt or request.max_new_tokens
    if not asked or kind == "writer":
        return kind
    if kind in ("huggingface", "hub"):
        return "generative"
    raise UserError(
        f"{request.spec} does not write answers; --oracle, --prompt and --max-new-tokens are for "
        "models that do."
    )


def fitted(classifier: Classifier, given: GivenInput) -> FittedInput:
    """The input as the model takes it, texts and tables read as the model reads them.

    Raises:
        UserError: they do not fit together.
    """
    from engine.inputs import fit

    return fit(given, classifier.identity, classifier.coding)


def _ask_for_trust(path: Path, found: Format) -> None:
    from engine.core.errors import TrustRequired
    from engine.core.files import sha256_file

    raise TrustRequired(
        f"{path} is a {found.title} file, a format that can run code on this machine; open it only "
        "if you trust who made it (--trust), or ask for ONNX or safetensors.",
        path=str(path),
        sha256=sha256_file(path),
    )


__all__ = [
    "FORMATS",
    "Format",
    "ModelRequest",
    "NormalizeName",
    "Shipped",
    "catalogue",
    "fitted",
    "load_model",
    "with_oracle",
]
