"""Which shape a noised input takes in a model, and how its channels are laid out there.

The layout of an image is given, stated by the file, or counted. With ``indicator`` one more channel
says which pixels were noised (Scholten et al., NeurIPS 2023); with ``complement`` the channels are
x and 1 - x, both 0 where the pixel was taken away (Levine & Feizi, AAAI 2020), so that a missing
pixel differs from a black one. A wrong choice can make no claim wrong: whatever a model computes
from the noised image, that function is certified. Loads no torch: verifiers come here too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, get_args

from engine.core.errors import UserError
from engine.core.records import Encoding, InputIdentity, ModelIdentity
from engine.models.request import EncodingName
from engine.schemes import Scheme

if TYPE_CHECKING:
    import torch

CHANNELS: dict[Encoding, tuple[int, int]] = {
    "plain": (1, 3),
    "indicator": (2, 4),
    "complement": (2, 6),
}
"""Channels of a grey and of a colour image in each encoding."""

_TOLD: dict[int, tuple[Encoding, str]] = {
    4: ("indicator", "red, green, blue and an indicator of the noised pixels"),
    6: ("complement", "red, green, blue and their complements"),
}


class Chosen(NamedTuple):
    """An encoding, and what a reader should know about where it came from; empty if nothing."""

    encoding: Encoding
    note: str = ""


def choose_encoding(wanted: str, channels: int, *, path: object, stated: str = "") -> Chosen:
    """The encoding of a model that takes so many channels.

    Args:
        wanted: ``auto`` or the name of an encoding; wins over what the file states.
        channels: that the model takes.
        path: of the file, for refusals.
        stated: what the file's header or card says; empty if nothing.

    Raises:
        UserError: no such encoding, one for another number of channels, or two channels, which
            may be either encoding of a grey image.
    """
    if wanted != "auto":
        return Chosen(_checked(wanted, channels, path))
    if stated:
        return Chosen(_checked(stated, channels, path))
    if channels == 2:
        raise UserError(
            f"{path} takes 2 channels: a grey image with an indicator of the noised pixels, or "
            "with its complement; say which with --encoding indicator or --encoding complement."
        )
    if channels in _TOLD:
        encoding, what = _TOLD[channels]
        return Chosen(
            encoding,
            f"Its {channels} channels were taken for {what} (set another encoding with "
            "--encoding).",
        )
    return Chosen("plain")


def _checked(name: str, channels: int, path: object) -> Encoding:
    names = get_args(EncodingName)
    if name not in CHANNELS:
        raise UserError(f"{path}: there is no encoding '{name[:40]}'; there are {_listed(names)}.")
    encoding: Encoding = name
    if channels not in CHANNELS[encoding]:
        grey, colour = CHANNELS[encoding]
        raise UserError(
            f"{path} takes {channels} channel{'s' if channels > 1 else ''}, but the encoding "
            f"'{name}' has {grey} for a grey image and {colour} for a colour image."
        )
    return encoding


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}"


Shape = tuple[int, ...]

ANY = 0
"""A side of a model's input shape that may have any length, such as the nodes of a graph."""


def layout(scheme: Scheme, model: ModelIdentity, given: InputIdentity) -> Shape:
    """The shape of the noised input's first part that both scheme and model take.

    Raises:
        UserError: there is none; the sentence names both shapes.
    """
    if given.kind != model.kind:
        raise UserError(f"The model takes inputs of the kind {model.kind}, not {given.kind}.")
    if given.kind not in scheme.inputs:
        raise UserError(
            f"The scheme '{scheme.key}' is for inputs of the kind {' or '.join(scheme.inputs)}, "
            f"not {given.kind}."
        )
    offered = scheme.layouts(given.shape)
    found = offered.get(model.encoding)
    if found is None:
        raise UserError(
            f"The model takes its inputs with the encoding {model.encoding}, and the scheme "
            f"'{scheme.key}' writes {' or '.join(offered)}."
        )
    if not _same(found, model.input_shape):
        noised = f", noised by '{scheme.key}'," if found != given.shape else ""
        raise UserError(
            f"The model takes inputs of shape {model.input_shape}, the input{noised} has {found}."
        )
    return found


def fits(scheme: Scheme, model: ModelIdentity, given: InputIdentity) -> bool:
    """Whether there is such a shape."""
    try:
        layout(scheme, model, given)
    except UserError:
        return False
    return True


def _same(shape: Shape, wanted: Shape) -> bool:
    return len(shape) == len(wanted) and all(
        want in (ANY, side) for side, want in zip(shape, wanted, strict=True)
    )


def clean(x: torch.Tensor, encoding: Encoding) -> torch.Tensor:
    """One image (C, H, W) or matrix (M, D) without noise as a model with this encoding takes it.

    The indicator is an image's last channel and a matrix's last column.
    """
    import torch  # deferred: verifiers load none

    if encoding == "indicator":
        axis = 0 if x.ndim > 2 else -1
        return torch.cat([x, torch.zeros_like(x.narrow(axis, 0, 1))], axis)
    return torch.cat([x, 1 - x]) if encoding == "complement" else x
