"""Train, measure and write one image model with its cards."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from safetensors import SafetensorError, safe_open
from torch import nn

from engine.core.errors import UserError
from engine.core.fields import field_specs
from engine.core.files import sha256_file, write_atomically
from engine.core.generators import result_of
from engine.models import architectures
from engine.models.demo import shipped
from engine.models.kinds import DEMO
from engine.models.normalize import named
from engine.regions import Perturbation
from engine.schemes import Gaussian, Scheme
from engine.system.progress import Meter
from engine.training.checkpoint import ENDING, Checkpoint
from engine.training.data import DataSet, Part
from engine.training.image_noise import channels_of, encoding_of
from engine.training.loop import Keeper, Trained, training
from engine.training.measure import accuracy, certified_accuracy
from engine.training.progress import Progress
from engine.training.recipe import Recipe
from engine.training.watch import CertifiedLook
from engine.training.writing import safetensors_bytes, threads, write_cards

N0, N, ALPHA = 100, 10_000, 0.001
THREADS = 1
"""The digits' network is small, and the order of a parallel sum would be part of the weights."""
RADII = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2)
ENTITIES = (1, 2, 3, 4, 5, 6, 7, 8)
FACTORS = (0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
ANGLES = (0.0, 2.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0)
STRENGTHS = (0.1, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Order:
    """One model to make.

    Attributes:
        data: its images.
        arch: a name of :mod:`engine.models.architectures`.
        recipe: how it is trained.
        name: of its files, without ending.
        certified: how many test images are certified for the card.
        device: where it is trained.
        command: the command line that makes it again.
        start: the model whose weights it starts from, ``demo:NAME`` or a file; empty for random
            ones.
        watched: how many validation images are certified at every look.
    """

    data: DataSet
    arch: str
    recipe: Recipe
    name: str
    certified: int
    device: str
    command: str
    start: str = ""
    watched: int = 0

    @property
    def facts(self) -> dict[str, Any]:
        """What the weights follow from, and by what a kept state is known."""
        return {
            "recipe": self.recipe.model_dump(),
            "network": self.arch,
            "data": {"name": self.data.name, "sha256": self.data.sha256},
            "start": self.start,
            "watched": self.watched,
        }


def make(order: Order, out: Path) -> Path:
    """Train one model to its end, showing how far it is: what :func:`making` does.

    Raises:
        UserError: as there.
    """
    with Meter(Console(stderr=True), "training", "epochs") as meter:

        def seen(progress: Progress) -> None:
            if not progress.share:
                meter.items(progress.done, progress.epochs)

        path = result_of(making(order, out), seen)
    if path is None:
        raise AssertionError("a training that nobody stops ends")
    return path


def making(
    order: Order, out: Path, *, stop: threading.Event | None = None
) -> Generator[Progress, None, Path | None]:
    """Train one model, write weights, then measure the written file and write both cards.

    After every epoch its state is kept beside the file to come, ``NAME.training``, until that is
    written; the same order resumes there.

    Returns:
        The file of weights; None if it was stopped.

    Raises:
        UserError: no model is trained for that scheme, the scheme or the network does not fit the
            images, the loss is no number any more, or the kept state is of another training.
    """
    order.recipe.scheme.check_input(order.data.any_image)
    path = out / f"{order.name}.safetensors"
    checkpoint = Checkpoint(path.with_suffix(ENDING), order.facts)
    small = order.arch.startswith(("digits", "square"))
    with threads(THREADS if small else torch.get_num_threads()):
        result = yield from trained(order, keeper=checkpoint, stop=stop)
        if result is None:
            return None
        write_atomically(path, weights(order, result.network), folders=True)
        facts = card(order, result, path)
    write_cards(path, facts)
    checkpoint.forget()
    return path


def trained(
    order: Order, *, keeper: Keeper | None = None, stop: threading.Event | None = None
) -> Generator[Progress, None, Trained | None]:
    """The network trained by an order; on one machine the same order gives the same weights."""
    recipe, data = order.recipe, _moved(order.data, order.device)
    torch.manual_seed(recipe.seed)
    network = build(order).to(order.device)
    if order.start:
        network[1].load_state_dict(_weights_of(order.start, order.arch))
    _try(network, order)
    watch = None
    if order.watched:
        watch = CertifiedLook(data, recipe.scheme, images=order.watched, device=order.device)
    result = yield from training(network, data, recipe, keeper=keeper, watch=watch, stop=stop)
    return result and replace(result, network=result.network.cpu())


def _try(network: nn.Module, order: Order) -> None:
    """Refuse a network that does not take the images, or has not their classes.

    Raises:
        UserError: naming both.
    """
    shape, classes = order.data.shape, len(order.data.class_names)
    taken = (1, channels_of(order.recipe.scheme, shape[0]), *shape[1:])
    try:
        with torch.no_grad():
            found = network.eval()(torch.zeros(taken, device=order.device)).shape[1]
        cause: Exception | None = None
    except (RuntimeError, ValueError, IndexError) as error:
        found, cause = 0, error
    if found != classes:
        raise UserError(
            f"{order.arch} does not take images of {shape[2]} by {shape[1]} pixels with {shape[0]} "
            f"channels in {classes} classes; choose another --arch, such as cifar_resnet20."
        ) from cause


def build(order: Order) -> nn.Sequential:
    """A fresh network for the noised images, behind its normalisation."""
    scheme = order.recipe.scheme
    channels = channels_of(scheme, order.data.shape[0])
    shapes = {"conv1.weight": (0, channels, 0, 0)}
    network = architectures.by_name(order.arch, shapes).build(len(order.data.class_names))
    layer = named(normalization(order), origin="given").layer(channels, encoding_of(scheme))
    return nn.Sequential(layer, network)


def _weights_of(source: str, arch: str) -> dict[str, torch.Tensor]:
    """The weights of a model in the format of this program.

    Raises:
        UserError: it does not open, or is another network.
    """
    path = shipped(source).path if source.startswith(DEMO) else Path(source)
    try:
        with safe_open(path, framework="pt") as file:
            known = (file.metadata() or {}).get("architecture")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise UserError(f"--start {source} does not open as a safetensors file.") from error
    if known != arch:
        raise UserError(f"--start {source} holds weights of {known}, and {arch} is to be trained.")
    return tensors


def normalization(order: Order) -> str:
    """None before a network that sees an image with its complement."""
    plain = encoding_of(order.recipe.scheme) != "complement"
    return order.data.normalization if plain else "none"


def weights(order: Order, network: nn.Module) -> bytes:
    """The network as a safetensors file that says how it wants its input and what it has seen."""
    scheme, encoding = order.recipe.scheme, encoding_of(order.recipe.scheme)
    facts = {"architecture": order.arch}
    if normalization(order) != "none":
        facts["normalization"] = normalization(order)
    if encoding != "plain":
        facts["encoding"] = encoding
    if isinstance(scheme, Gaussian):
        facts["training_sigma"] = f"{scheme.sigma:g}"
    else:
        facts["training_scheme"] = json.dumps(scheme.model_dump())
    bare = network[1] if isinstance(network, nn.Sequential) else network
    return safetensors_bytes(bare.state_dict(), facts)


def cells(scheme: Scheme) -> list[Perturbation]:
    """The perturbations whose certified accuracy the card tells, in the scheme's terms."""
    counts: Sequence[float] = ENTITIES if len(scheme.terms) > 1 else (0, *ENTITIES)
    strengths: Sequence[float] = STRENGTHS if len(scheme.terms) > 1 else RADII
    sizes = {
        name: FACTORS
        if term.factor
        else counts
        if term.whole
        else ANGLES
        if term.unit == "degrees"
        else strengths
        for name, term in scheme.terms.items()
    }
    return [
        dict(zip(sizes, map(float, values), strict=True))
        for values in itertools.product(*sizes.values())
    ]


_CHOSEN = {"best": "validation chose the epoch", "last": "the last epoch was kept"}
_UNSEEN = "test was never used in training"


def remarks(order: Order) -> dict[str, str]:
    """What the card says beside settings: whose weights it started from."""
    return {"Started from": f"the weights of {Path(order.start).name}"} if order.start else {}


def card(order: Order, result: Trained, path: Path) -> dict[str, Any]:
    """What the card says: how the model was made and what was measured on held-out images."""
    data, recipe, scheme = order.data, order.recipe, order.recipe.scheme
    encoding, specs = encoding_of(scheme), data.specs[: order.certified]
    started = remarks(order)
    gaussian = scheme if isinstance(scheme, Gaussian) else None
    facts = described(
        path,
        result.network,
        scheme,
        name=_short_name(order.arch, scheme) + (f", seed {recipe.seed}" if recipe.seed else ""),
        title=f"{data.title}, trained with noise",
        architecture=order.arch,
        input_shape=[channels_of(scheme, data.shape[0]), *data.shape[1:]],
        encoding=encoding,
        normalization=named(normalization(order), origin="given").words,
        training_sigma=gaussian.sigma if gaussian else None,
        training_scheme=None if gaussian else scheme.model_dump(),
        classes=list(data.class_names),
        **{key: said for key, said in data.facts.items() if key != "split"},
        split={**data.facts["split"], "use": f"{_CHOSEN[recipe.kept]}; {_UNSEEN}"},
        **({"remarks": started} if started else {}),
        command=order.command,
        recipe=recipe.model_dump(),
        device=_device(order.device),
        seed=recipe.seed,
        epoch=result.epoch,
        validation_accuracy_under_noise=round(result.validation_accuracy, 4),
        clean_accuracy=accuracy(result.network, data.test, encoding),
        tested=f"{len(data.test[1])} test {data.things}",
    )
    if specs:
        facts["certified_accuracy"] = certified_accuracy(
            path, specs, scheme, cells(scheme), n0=N0, n=N, alpha=ALPHA
        )
    return facts


def described(
    path: Path, network: nn.Module, scheme: Scheme | None, **facts: Any
) -> dict[str, Any]:
    """Facts of a card, with those that follow from the written file, the network and its noise."""
    return {
        **facts,
        "noise": scheme.noise_in_words() if scheme else "none",
        "parameters": sum(p.numel() for p in network.parameters()),
        "sha256": sha256_file(path),
        "torch": torch.__version__.partition("+")[0],
    }


def flags(scheme: Scheme, *, noise_alone: bool = False) -> str:
    """A scheme as the flags that the lab's command line takes.

    Args:
        scheme: whose noise trains.
        noise_alone: leave out what decides nothing but its certificate.
    """
    idle = {spec.name for spec in field_specs(type(scheme)) if noise_alone and not spec.of_noise}
    words = [
        f"--{name.replace('_', '-')} {value}" for name, value in _set(scheme) if name not in idle
    ]
    return " ".join([f"--scheme {scheme.key}", *words])


def _short_name(arch: str, scheme: Scheme) -> str:
    network = arch.replace("_", "-")
    if isinstance(scheme, Gaussian):
        return f"{network}, sigma {scheme.sigma:.2f}"
    return ", ".join([network, scheme.key, *(f"{name} {value}" for name, value in _set(scheme))])


def _set(scheme: Scheme) -> list[tuple[str, str]]:
    """Name and value of the parameters that are set, or that one usually sets."""
    found = []
    for spec in field_specs(type(scheme)):
        value = getattr(scheme, spec.name)
        if value != spec.default or not spec.advanced:
            found.append((spec.name, f"{value:g}" if spec.kind == "float" else str(value)))
    return found


def _device(device: str) -> str:
    if device == "cpu":
        return f"{torch.get_num_threads()} thread{'s' if torch.get_num_threads() > 1 else ''}"
    return torch.cuda.get_device_name(device)


def _moved(data: DataSet, device: str) -> DataSet:
    """The data set with what training needs on the device."""

    def there(part: Part) -> Part:
        return part[0].to(device), part[1].to(device)

    return replace(data, train=there(data.train), validation=there(data.validation))
