"""A PyTorch module that a program hands over: copied, tried once, and told apart by its digest."""

from __future__ import annotations

import copy
import hashlib
import inspect
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.core.errors import UserError, in_a_line, quoted
from engine.core.records import (
    MEMORY,
    MODULE_IN_MEMORY,
    Encoding,
    ModelIdentity,
    PartIdentity,
)
from engine.models.names import class_names
from engine.models.normalize import Normalization, choose, stored_numbers
from engine.models.torch_classifier import TorchClassifier

Normalize = str | tuple[Sequence[float], Sequence[float]]
"""A name (``none``, ``cifar10``, ...) or means and deviations per channel."""

_TRIED = 4
_NOISE = 0.25


class ModuleInMemory:
    """A module that was handed over; it becomes a classifier for inputs of a given shape.

    The caller's module is left exactly as it is: what is put into eval mode, cast and moved is a
    copy, made when this is built.

    Args:
        module: images (B, C, H, W) in [0, 1], float32, to scores (B, K).
        classes: a name for each of the K classes.
        normalize: what comes between noise and module; ``none`` if the module does it itself.
        encoding: how a noised image is laid out in its channels.

    Raises:
        UserError: the module cannot be copied, or holds parameters without values.
    """

    def __init__(
        self,
        module: nn.Module,
        *,
        classes: Sequence[str] = (),
        normalize: Normalize = "none",
        encoding: Encoding = "plain",
    ) -> None:
        self.name = type(module).__name__
        self.classes = tuple(classes)
        self.normalization = normalization_of(normalize)
        self.encoding = encoding
        self.notes = tuple(_notes(module))
        self._network, self._parts = _copied(module)
        self._by_shape: dict[tuple[int, ...], TorchClassifier] = {}

    def classifier(self, shape: tuple[int, ...]) -> TorchClassifier:
        """The classifier for images (C, H, W) of this shape.

        Raises:
            UserError: the module fails on them or does not give scores (B, K), or has not as many
                classes as there are names.
        """
        if shape not in self._by_shape:
            channels, *sides = shape
            more = {"plain": channels, "indicator": channels + 1, "complement": 2 * channels}
            taken = (more[self.encoding], *sides)
            outputs = self._try(self.normalization.layer(taken[0], self.encoding), taken)
            identity = self._identity(taken, self._named(outputs))
            self._by_shape[shape] = TorchClassifier(self._network, self.normalization, identity)
        return self._by_shape[shape]

    def _identity(self, shape: tuple[int, ...], names: tuple[str, ...]) -> ModelIdentity:
        identity = ModelIdentity(
            name=self.name,
            source=f"{MEMORY}{self.name}",
            format="module in memory",
            sha256="",
            architecture=self.name,
            parameters=sum(p.numel() for p in self._network.parameters()),
            class_names=names,
            input_shape=shape,
            encoding=self.encoding,
            normalization=self.normalization.words,
            normalization_origin=self.normalization.origin,
            resize=self.normalization.resize,
            parts=self._parts,
            notes=self.notes,
        )
        return identity.model_copy(update={"sha256": identity.composed_sha256()})

    def _named(self, outputs: int) -> tuple[str, ...]:
        if self.classes and len(self.classes) != outputs:
            raise UserError(
                f"{self.name} has {outputs} outputs, but {len(self.classes)} classes are named; "
                "give one name for each output."
            )
        names = class_names(outputs, given=None, stored=[quoted(n, 200) for n in self.classes])
        if len(set(names)) != len(names):
            raise UserError("Two classes have the same name; give each its own.")
        return names

    def _try(self, layer: nn.Module, shape: tuple[int, ...]) -> int:
        """The number of outputs, on a few noisy images."""
        device = next((tensor.device for _, tensor in _tensors(self._network)), None)
        noise = torch.randn((_TRIED, *shape), generator=torch.Generator().manual_seed(0))
        batch = (0.5 + _NOISE * noise).to(device or "cpu")
        return self._scores(layer.to(batch.device), batch).shape[1]

    def _scores(self, layer: nn.Module, batch: torch.Tensor) -> torch.Tensor:
        try:
            with torch.inference_mode():
                scores = self._network(layer(batch))
        except Exception as error:  # a stranger's code fails in any way
            raise UserError(
                f"{self.name} fails on images of shape {tuple(batch.shape[1:])} "
                f"({quoted(in_a_line(error), 160)}); give it what it takes."
            ) from error
        if not isinstance(scores, torch.Tensor):
            raise UserError(
                f"{self.name} gives a {type(scores).__name__}; it must give a tensor of scores "
                "(B, K). Wrap it in a module that returns its logits."
            )
        right = scores.ndim == 2 and len(scores) == len(batch) and scores.is_floating_point()
        if not right or scores.shape[1] < 2:
            raise UserError(
                f"{self.name} gives {scores.dtype} of shape {tuple(scores.shape)} for "
                f"{len(batch)} images; it must give scores (B, K) of at least two classes."
            )
        return scores.float()


def normalization_of(wanted: Normalize) -> Normalization:
    """What stands between noise and module.

    Raises:
        UserError: an unknown name, or numbers that are no means and deviations.
    """
    if isinstance(wanted, str):
        return choose(wanted)
    try:
        mean, std = wanted
        found = stored_numbers([float(v) for v in mean], [float(v) for v in std])
    except (TypeError, ValueError) as error:
        raise UserError(
            "normalize must be a name such as 'cifar10', or (means, deviations) with one finite "
            "number, or one per channel, in each."
        ) from error
    return Normalization("given", found.mean, found.std, "given")


def _copied(module: nn.Module) -> tuple[nn.Module, tuple[PartIdentity, ...]]:
    """A copy in eval mode and float32, without gradients; and the parts of the module itself."""
    module = getattr(module, "_orig_mod", module)  # what torch.compile was given
    try:
        with torch.no_grad():
            parts = tuple(_parts(module))
            network = copy.deepcopy(module)
            for _, tensor in _tensors(network):
                tensor.grad = None
            return network.eval().requires_grad_(requires_grad=False).float(), parts
    except Exception as error:  # a stranger's attributes fail in any way
        raise UserError(
            f"{type(module).__name__} cannot be copied ({quoted(in_a_line(error), 160)}), and it "
            "is not to be changed; save its weights and load them into a fresh module."
        ) from error


def _tensors(module: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """Parameters and buffers, those that are not saved among them."""
    yield from module.named_parameters(remove_duplicate=False)
    yield from module.named_buffers(remove_duplicate=False)


def _notes(module: nn.Module) -> Iterator[str]:
    """What a reader of the evidence should know of a module in memory."""
    yield f"{MODULE_IN_MEMORY.capitalize()}. Its digest is made of its parts' digests."
    dtypes = {tensor.dtype for _, tensor in _tensors(module) if tensor.is_floating_point()}
    other = sorted(str(dtype).removeprefix("torch.") for dtype in dtypes - {torch.float32})
    if other:
        yield f"Its weights were {', '.join(other)} and are certified as float32."
    if any(one._forward_hooks or one._forward_pre_hooks for one in module.modules()):
        yield "It carries hooks, which are taken for a part of what it computes."
    if unknown := sorted(set(_unidentified(module))):
        yield f"Its digest does not cover {', '.join(unknown)}: neither numbers, texts nor tensors."
    if not list(_sources(module)):
        yield "The source of its classes was not to be had: only its weights are identified."


def _parts(module: nn.Module) -> Iterator[PartIdentity]:
    yield PartIdentity(
        role="weights", name=f"state of {type(module).__name__}", sha256=_state_sha256(module)
    )
    for name, source in sorted(_sources(module)):
        digest = hashlib.sha256(source.encode()).hexdigest()
        yield PartIdentity(role="source", name=name, sha256=digest)


def _state_sha256(module: nn.Module) -> str:
    """Digest of every tensor (name, dtype, shape, bytes) and of each layer's plain settings."""
    digest = hashlib.sha256()
    for name, tensor in _tensors(module):
        head = f"{name}\n{tensor.dtype}\n{'x'.join(map(str, tensor.shape))}\n"
        digest.update(head.encode())
        flat = tensor.detach().cpu().contiguous().reshape(-1)
        digest.update(flat.view(torch.uint8).numpy().tobytes())
    everywhere = vars(nn.Module())
    for name, layer in module.named_modules():
        plain = {k: v for k, v in vars(layer).items() if _plain(v) and k not in everywhere}
        text = json.dumps([name, type(layer).__qualname__, layer.extra_repr(), plain], default=str)
        digest.update(text.encode())
    return digest.hexdigest()


def _unidentified(module: nn.Module) -> Iterator[str]:
    """Attributes that may decide what it computes and that no digest is over."""
    everywhere = vars(nn.Module())
    for layer in module.modules():
        yield from (k for k, v in vars(layer).items() if k not in everywhere and not _plain(v))


def _plain(value: Any) -> bool:
    """Whether an attribute is made of numbers and texts alone."""
    if isinstance(value, dict):
        return all(map(_plain, (*value, *value.values())))
    if isinstance(value, list | tuple):
        return all(map(_plain, value))
    return value is None or isinstance(value, bool | int | float | str)


def _sources(module: nn.Module) -> Iterator[tuple[str, str]]:
    """Name and text of the files that define its classes, torch's own left out.

    Of a script or a notebook only the classes themselves count: its other lines may change from run
    to run without changing the model.
    """
    found: dict[str, str] = {}
    for kind in {type(layer) for layer in module.modules()}:
        if kind.__module__.partition(".")[0] in ("torch", "torchvision"):
            continue
        home = sys.modules.get(kind.__module__)
        whole = home is not None and kind.__module__ != "__main__"
        try:
            text = inspect.getsource(home if whole and home is not None else kind)
        except (OSError, TypeError):
            continue
        file = getattr(home, "__file__", None) if whole else None
        found[Path(file).name if file else kind.__qualname__] = text
    yield from found.items()
