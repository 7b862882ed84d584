"""Which shape a noised input takes in a model. Loads no torch: verifiers come here too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.core.errors import UserError
from engine.core.records import Encoding, InputIdentity, ModelIdentity
from engine.schemes import Scheme

if TYPE_CHECKING:
    import torch

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
