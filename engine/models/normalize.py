"""The layer between noise and network: fixed numbers per channel, and how they came to be known.

Published smoothing checkpoints do not store it: Cohen et al. 2019 subtract a mean and divide by a
deviation, Salman et al. 2019 mostly subtract the mean alone, Zhai et al. 2020 (MACER) do neither.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal, NamedTuple

import torch
from torch import nn

from engine.core.errors import UserError
from engine.core.records import Encoding
from engine.models.input_layout import clean
from engine.models.named_normalizations import NAMED

Origin = Literal["given", "stored in the file", "detected", "default"]
Tensors = dict[str, torch.Tensor]

_AT_ONCE = 10
"""Images that are measured together: whoever waits for the end waits for so many."""
BYTES = "scale=255"
"""What a network of pixels of 0 to 255 wants, as :func:`written`."""
_MOST_CHANNELS = 16
_STORED = (
    *(("mu", "log_sig"), ("mean", "std"), ("mean", "sd"), ("new_mean", "new_std")),
    *(("mu", "sigma"), ("_mean", "_std"), ("mean", "sigma")),
)
_FAMILY = {"digits": "none", "cifar10": "cifar10", "imagenet": "imagenet"}


@dataclass(frozen=True)
class Normalization:
    """``(x - mean) / std`` per channel, its name, and how it came to be known.

    Attributes:
        name: as with ``--normalize``, ``stored`` or ``given``.
        mean, std: of red, green and blue; empty for none.
        origin: how it came to be known.
        bgr: the network takes blue first.
        resize: how an image is brought to the model's size before the noise, as
            :attr:`engine.core.records.ModelIdentity.resize`.
    """

    name: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    origin: Origin
    bgr: bool = False
    resize: str = ""

    @property
    def words(self) -> str:
        """Name and numbers, for people."""
        last = ", then blue first" if self.bgr else ""
        if not self.mean:
            return f"{self.name}{last}"
        mean, std = (" ".join(f"{v:.4g}" for v in values) for values in (self.mean, self.std))
        return f"{self.name}: (x - {mean}) / {std}{last}"

    @property
    def note(self) -> str:
        """What a reader should know about where it came from; empty if nothing."""
        if self.origin not in ("default", "detected"):
            return ""
        how = "assumed" if self.origin == "default" else "taken from the file's path or layout"
        return (
            f"The normalisation is not in the file; {self.name} was {how} "
            "(set another with --normalize)."
        )

    def layer(self, channels: int, encoding: Encoding = "plain") -> nn.Module:
        """The layer for a model with that many channels; an indicator passes unchanged.

        Raises:
            UserError: it is meant for another number of channels, or has no consistent meaning
                for an image and its complement.
        """
        if self.bgr and (encoding != "plain" or channels != 3):
            raise UserError(
                f"The model takes {channels} channels, so that channels=bgr has no meaning; it is "
                "for red, green and blue alone."
            )
        if self.bgr:
            front = replace(self, bgr=False).layer(channels, encoding)
            return nn.Sequential(front, BlueFirst())
        if not self.mean:
            return nn.Identity()
        image = channels - 1 if encoding == "indicator" else channels
        if encoding == "complement":
            self._check_complement(channels)
        for values in (self.mean, self.std):
            if len(values) not in (1, image):
                raise UserError(
                    f"The normalisation {self.name} has {len(values)} channels but the model takes "
                    f"{image}; choose another with --normalize, e.g. none or half."
                )
        if encoding == "indicator":
            mean, std = (
                values * image if len(values) == 1 else values for values in (self.mean, self.std)
            )
            return Affine((*mean, 0.0), (*std, 1.0))
        return Affine(self.mean, self.std)

    def _check_complement(self, channels: int) -> None:
        """Both halves must be treated alike: numbers for all channels, or half alone."""
        if len(self.mean) == channels or self.mean == (0.5,):
            return
        raise UserError(
            f"The normalisation {self.name} cannot come before a model that takes an image and "
            "its complement, because it does not treat both alike; choose none or half with "
            "--normalize."
        )


class BlueFirst(nn.Module):
    """Red, green, blue turned to blue, green, red."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The same images with their channels in the other order."""
        return x.flip(1)


class Affine(nn.Module):
    """``(x - mean) / std`` as one fused multiply-add, in float32 whatever follows."""

    scale: torch.Tensor
    shift: torch.Tensor

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        mean64, std64 = (
            torch.tensor(v, dtype=torch.float64).view(1, -1, 1, 1) for v in (mean, std)
        )
        self.register_buffer("scale", (1 / std64).float())
        self.register_buffer("shift", (-mean64 / std64).float())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalised images."""
        return torch.addcmul(self.shift, x, self.scale)


def choose(
    wanted: str,
    *,
    stored: Normalization | None = None,
    path: str = "",
    family: str = "",
    usual: str = "",
    encoding: Encoding = "plain",
) -> Normalization:
    """What ``wanted`` means for a file.

    Args:
        wanted: a name of NAMED, or ``auto``.
        stored: what the file itself holds.
        path: of the file; published checkpoints tell the training method by their folders.
        family: of the architecture.
        usual: the normalisation of the architecture's published weights; empty for its family's.
        encoding: of the model; the usual normalisations are not for images with complements.

    Raises:
        UserError: no such name.
    """
    if wanted != "auto":
        found = written(wanted) if "=" in wanted else named(wanted, origin="given")
        kept = stored.resize if stored else ""
        return found if found.resize else replace(found, resize=kept)
    if stored is not None:
        return stored
    if encoding == "complement":
        return named("none", origin="default")
    detected = _from_folders(path, family)
    if detected:
        return named(detected, origin="detected")
    return named(usual or _FAMILY.get(family, "none"), origin="default")


def written(text: str) -> Normalization:
    """What somebody writes: ``mean=.5,.5,.5,std=.2,.2,.2,scale=255,channels=bgr,resize=pad``.

    Pixels in [0, 1] are multiplied by ``scale``, ``mean`` is subtracted, ``std`` divided by, and
    red, green, blue turned to blue, green, red by ``channels=bgr``. ``resize`` comes before the
    noise: ``crop``, ``stretch`` or ``pad``.

    Raises:
        UserError: another key, a number that is none, or no deviation above 0.
    """
    given: dict[str, list[str]] = {}
    for part in re.split(r"[,;\s]+", text.strip()):
        key, equals, value = part.rpartition("=")
        if equals:
            given[key] = [value]
        elif given:
            given[next(reversed(given))].append(value)
    if not given or set(given) - {"mean", "std", "scale", "channels", "resize"}:
        raise UserError(
            f"'{text}' is no normalisation; write mean=.5,.5,.5,std=.2,.2,.2, and scale=255, "
            "channels=bgr or resize=stretch|pad|crop where they are meant."
        )
    channels, resize = given.pop("channels", ["rgb"]), given.pop("resize", [""])
    if channels not in (["rgb"], ["bgr"]) or resize not in ([""], ["crop"], ["stretch"], ["pad"]):
        raise UserError("channels is rgb or bgr, and resize is crop, stretch or pad.")
    try:
        numbers = {key: [as_float(one) for one in values] for key, values in given.items()}
        scale = numbers.pop("scale", [1.0])[0]
        mean, std = numbers.get("mean", [0.0]), numbers.get("std", [1.0])
        found = stored_numbers([one / scale for one in mean], [one / scale for one in std])
    except (ValueError, ArithmeticError) as error:
        raise UserError(
            f"'{text}' is no normalisation: mean, std and scale are finite numbers, one or one per "
            "channel, and std and scale are above 0."
        ) from error
    plain = found.mean == (0.0,) and found.std == (1.0,)
    return replace(
        Normalization("none", (), (), "given") if plain else found,
        name="given",
        origin="given",
        bgr=channels == ["bgr"],
        resize=resize[0],
    )


def as_float(text: str) -> float:
    """A number, or a fraction such as 127.5/255.

    Raises:
        ValueError: it is none.
    """
    above, slash, below = text.partition("/")
    return float(above) / float(below) if slash else float(above)


def named(name: str, *, origin: Origin) -> Normalization:
    """The normalisation called ``name``.

    Raises:
        UserError: there is none; the sentence lists those there are.
    """
    if name not in NAMED:
        raise UserError(f"There is no normalisation '{name}'; there are auto, {', '.join(NAMED)}.")
    mean, std = NAMED[name]
    return Normalization(name, mean, std, origin)


def _from_folders(path: str, family: str) -> str:
    """The rule for published files: the folders of Salman et al. 2019."""
    folders = PurePath(path).parts
    adversarial = any(re.match(r"(PGD|DDN)_", folder) for folder in folders)
    if not adversarial or family not in ("cifar10", "imagenet"):
        return ""
    plain = {"imagenet32", "finetune_cifar_from_imagenetPGD2steps", "self_training"}
    return family if plain & set(folders) else f"{family}-center"


def take_stored(tensors: Tensors) -> Normalization | None:
    """Remove a normalisation layer from ``tensors`` and return it; None if there is none.

    Known are mean and log-deviation (Yang et al. 2020: ``norm.module.mu``, ``...log_sig``) and
    plain ``mean`` with ``std`` or ``sd`` under any prefix, as well as the names of other wrappers
    (``new_mean`` with ``new_std``, ``mu`` with ``sigma``).

    Raises:
        ValueError: it is not one number, or a finite mean and positive deviation per channel.
    """
    found: dict[tuple[tuple[float, ...], tuple[float, ...]], Normalization] = {}
    for key in list(tensors):
        prefix, _, leaf = key.rpartition(".")
        for mean, std in _STORED:
            partner = f"{prefix}.{std}" if prefix else std
            if leaf == mean and key in tensors and partner in tensors:
                centre, spread = _numbers(tensors.pop(key)), _numbers(tensors.pop(partner))
                if std == "log_sig":
                    spread = tuple(math.exp(min(value, 700.0)) for value in spread)
                found[centre, spread] = stored_numbers(centre, spread)
    if len(found) > 1:
        raise ValueError("it holds two that differ")
    return next(iter(found.values()), None)


def stored_numbers(mean: Sequence[float], std: Sequence[float]) -> Normalization:
    """The normalisation whose numbers came with a model.

    Raises:
        ValueError: they are not one, or one per channel, finite, with positive deviations.
    """
    if not (1 <= len(mean) <= _MOST_CHANNELS and 1 <= len(std) <= _MOST_CHANNELS):
        raise ValueError("its means and deviations are not one number per channel")
    usable = all(math.isfinite(value) for value in (*mean, *std))
    if not usable or not all(1e-6 < value < 1e6 for value in std):
        raise ValueError("its means are not finite or its deviations not positive")
    return Normalization("stored", tuple(mean), tuple(std), "stored in the file")


def _numbers(tensor: torch.Tensor) -> tuple[float, ...]:
    plain = tensor.layout is torch.strided and not (tensor.is_quantized or tensor.is_complex())
    if not plain or not 1 <= tensor.numel() <= _MOST_CHANNELS:
        raise ValueError("its means and deviations are not one number per channel")
    return tuple(float(value) for value in tensor.double().flatten())


class Measured(NamedTuple):
    """Share of labelled images that the model gets right behind one normalisation."""

    name: str
    accuracy: float


def compare_normalizations(
    network: Callable[[torch.Tensor], torch.Tensor],
    images: torch.Tensor,
    labels: torch.Tensor,
    encoding: Encoding = "plain",
    stop: threading.Event | None = None,
) -> list[Measured]:
    """Clean top-1 accuracy of a bare network behind every usual normalisation, best first.

    Args:
        network: in eval mode, without a normalisation layer; images to scores (B, K).
        images: (B, C, H, W) in [0, 1].
        labels: (B,) class indices.
        encoding: of the network; normalisations that do not go with it are left out.
        stop: ends it after the images at hand; what was not measured is left out.
    """
    stop = stop or threading.Event()
    found = []
    encoded = torch.stack([clean(image, encoding) for image in images])
    for name in (*NAMED, BYTES):
        try:
            known = written(name) if name == BYTES else named(name, origin="detected")
            layer = known.layer(encoded.shape[1], encoding)
        except UserError:
            continue
        right = 0
        for some, truth in zip(encoded.split(_AT_ONCE), labels.split(_AT_ONCE), strict=True):
            if stop.is_set():
                break
            with torch.inference_mode():
                right += int((network(layer(some)).argmax(dim=1) == truth).sum())
        else:
            found.append(Measured(name, right / len(labels)))
    return sorted(found, key=lambda measured: -measured.accuracy)
