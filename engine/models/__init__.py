"""Models: a file, a folder or a name becomes a classifier.

Importing this package loads no torch; each format's module is imported when it is needed.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.core.errors import UserError, quoted
from engine.core.records import ModelIdentity
from engine.core.rounding import exact
from engine.models.demo import WEIGHTS, Shipped, catalogue, shipped
from engine.models.kinds import Kind, kind_of
from engine.models.opened import unchanged
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
    "text": Format("safetensors for texts", "token_classifier", "load_text_model"),
    "pair": Format("safetensors for images with texts", "token_classifier", "load_pair_model"),
    "table": Format("safetensors for rows of a table", "token_classifier", "load_table_model"),
    "stumps": Format("safetensors of decision stumps", "stumps.classifier", "load_stumps"),
    "xgboost": Format("XGBoost JSON of decision stumps", "stumps.classifier", "load_stumps"),
    "lightgbm": Format("LightGBM text of decision stumps", "stumps.classifier", "load_stumps"),
    "generator": Format(
        "safetensors weights of a generative model", "text_generator", "load_text_generator"
    ),
    "torch": Format("PyTorch state_dict or checkpoint", "checkpoint", "load_torch"),
    "huggingface": Format("Hugging Face folder", "huggingface", "load_folder"),
    "hub": Format("Hugging Face id", "huggingface", "load_hub"),
    "generative": Format(
        "Hugging Face generative model", "huggingface_generative", "load_generative"
    ),
    "onnx": Format("ONNX", "onnx", "load_onnx"),
    "card": Format("card of the shipped lattice attack", "lattice", "load_lattice"),
    "encrypted": Format("server of encrypted inference", "encrypted", "load_encrypted"),
    "pt2": Format("torch.export program", "program", "load_exported", code=True),
    "torchscript": Format("TorchScript", "program", "load_torchscript", code=True),
}
"""Every format. Adding one is a file, a line here and a rule in kinds.py."""


def load_model(request: ModelRequest) -> Classifier:
    """The classifier that ``request`` names.

    Raises:
        UserError: there is no such model, or it cannot be used; one sentence says why.
        TrustRequired: its format can run code and ``request.trust`` is not set, or was set for
            another content.
    """
    if request.denoiser:
        return behind(load_model(replace(request, denoiser="")), request.denoiser)
    if request.members:
        return _ensemble(request)
    if request.combine != "logits" or request.consensus:
        raise UserError("--combine and --consensus are for ensembles; name --model several times.")
    kind, path = kind_of(request.spec), Path(request.spec)
    if kind == "demo":
        if request.arch:
            raise UserError(
                f"--arch is for files that hold only weights; {request.spec} states its own "
                "architecture."
            )
        if request.output and request.outputs is None and request.threshold is None:
            raise UserError(f"--output {request.output}: {request.spec} has one output alone.")
        path = shipped(request.spec).path
        kind = kind_of(str(path)) if path.suffix == WEIGHTS else "card"
    found = FORMATS[with_oracle(kind, request)]
    from engine.models import outputs  # loads torch

    with unchanged(path):
        if found.code:
            _check_trust(path, found, request)
        asked, request = request, outputs.with_stated_outputs(request, path)
        outputs.checked_tolerance(request)
        module = importlib.import_module(f"{__name__}.{found.module}")
        classifier: Classifier = getattr(module, found.function)(path, request)
    if request.outputs is not None:
        stated = not asked.output
        classifier = outputs.OutputsClassifier.of(classifier, request, stated=stated)
    classifier.identity = _as_read(classifier.identity, asked)
    return classifier


def behind(classifier: Classifier, denoiser: str) -> Classifier:
    """A classifier of images behind the denoiser that a name stands for.

    Raises:
        UserError: there is no such denoiser, or the two do not fit together.
    """
    from engine.models.denoised import DenoisedClassifier
    from engine.models.denoiser_files import open_denoiser

    shape = classifier.identity.input_shape
    with unchanged(Path(denoiser)):
        return DenoisedClassifier(classifier, open_denoiser(denoiser, shape))


def _ensemble(request: ModelRequest) -> Classifier:
    """The members that a request names, as one classifier."""
    from engine.models.ensemble import Ensemble, checked_rule

    checked_rule(len(request.members), request.combine, request.consensus)
    if request.oracle is not None or request.prompt:
        raise UserError("A generative model cannot be a member of an ensemble.")
    opened = [load_model(each) for each in request.apart()]
    return Ensemble(opened, request.combine, request.consensus)


def _as_read(identity: ModelIdentity, request: ModelRequest) -> ModelIdentity:
    """The identity with what of the output is read, which makes another function of the file."""
    read = f", output {quoted(request.output, 80)}" if request.output else ""
    if identity.architecture.endswith(read):  # the graph says which of its outputs it is
        read = ""
    if request.threshold is not None:
        read += f", above {exact(request.threshold)}"
    return identity.model_copy(update={"architecture": identity.architecture + read})


def with_oracle(kind: Kind, request: ModelRequest) -> Kind:
    """An oracle says that a Hugging Face model is meant to write.

    Raises:
        UserError: it, or a prompt, is given for a model of another kind.
    """
    asked = request.oracle is not None or request.prompt or request.max_new_tokens
    if not asked or kind == "generator":
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


def _check_trust(path: Path, found: Format, request: ModelRequest) -> None:
    from engine.core.errors import TrustRequired
    from engine.core.files import sha256_file

    if request.trust and (not request.consented or sha256_file(path) in request.consented):
        return
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
