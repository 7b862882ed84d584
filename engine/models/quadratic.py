"""A model that can be evaluated under encryption, as matrices; what cannot is refused by name."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from engine.core.errors import UserError
from engine.encrypted.quadratic import Matrix, Quadratic
from engine.models.architectures.square_net import SquareNet
from engine.models.base import Classifier
from engine.models.torch_classifier import TorchClassifier

Layer = tuple[Matrix, Matrix]
_KNOWN = "linear models and networks with one hidden layer of squares (architecture square_net)"


def quadratic_of(classifier: Classifier) -> Quadratic:
    """The scores of a classifier as a :class:`Quadratic`, its normalisation part of the weights.

    Raises:
        UserError: it holds a layer, a normalisation or an input that encryption does not reach.
    """
    name, model = classifier.identity.name, classifier.identity
    if not isinstance(classifier, TorchClassifier) or model.kind != "image" or model.outputs:
        raise UserError(
            f"{name} cannot be evaluated under encryption; {_KNOWN} on images can, from "
            "safetensors or a PyTorch file."
        )
    layers = _layers(classifier.network, name)
    front = classifier._layer.eval()
    zero = torch.zeros(1, *model.input_shape)
    with torch.inference_mode():
        shift = front(zero)
        scale = front(zero + 1) - shift
        tried = torch.rand(4, *model.input_shape, generator=torch.Generator().manual_seed(0))
        alike = torch.allclose(front(tried), tried * scale + shift, atol=1e-5)
    if model.encoding != "plain" or not alike:
        raise UserError(
            f"The normalisation of {name} ({model.normalization}) mixes values; under encryption "
            "each must stay by itself."
        )
    folded, shifts = _folded(layers, _flat(scale), _flat(shift))
    return Quadratic.of_layers(folded, shifts=shifts, sigma=model.training_sigma or 0.0)


def _layers(network: nn.Module, name: str) -> list[Layer]:
    """One linear layer, or two with squares between them."""
    if isinstance(network, SquareNet):
        both = [network.output] if network.hidden is None else [network.hidden, network.output]
        return [_numbers(each) for each in both]
    leaves = [each for each in network.modules() if not list(each.children())]
    linear = [each for each in leaves if isinstance(each, nn.Linear)]
    other = [each for each in leaves if not isinstance(each, nn.Linear | nn.Flatten | nn.Identity)]
    plain = isinstance(network, nn.Sequential | nn.Linear)
    if other or len(linear) != 1 or not plain:
        what = f"its layer {type(other[0]).__name__}" if other else f"a {type(network).__name__}"
        raise UserError(f"{name} cannot be evaluated under encryption for {what}; {_KNOWN} can.")
    return [_numbers(linear[0])]


def _numbers(layer: nn.Linear) -> Layer:
    weight = _flat(layer.weight).reshape(layer.out_features, layer.in_features)
    return weight, np.zeros(len(weight)) if layer.bias is None else _flat(layer.bias)


def _flat(tensor: torch.Tensor) -> Matrix:
    return tensor.detach().cpu().double().numpy().ravel()


def _folded(layers: list[Layer], scale: Matrix, shift: Matrix) -> tuple[list[Layer], Matrix]:
    """The layers for values before the normalisation: W (s x + t) + b = (W s) x + (W t + b).

    With |W| |t| + |b|, the size of what the new bias is summed from.
    """
    (weight, bias), *rest = layers
    if weight.shape[1] != len(scale):
        raise UserError(
            f"The first layer takes {weight.shape[1]} values, the image has {len(scale)}."
        )
    moved = (weight * scale, weight @ shift + bias)
    return [moved, *rest], np.abs(weight) @ np.abs(shift) + np.abs(bias)
