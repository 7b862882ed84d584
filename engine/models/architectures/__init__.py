"""The architectures that plain weights load into, by name or by the shapes of their tensors."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from engine.core.errors import UserError

Shapes = Mapping[str, tuple[int, ...]]
"""Shape of every tensor in a file, by name."""

_CIFAR = re.compile(r"(?:cifar_|imagenet32_)?resnet(\d+)")
_VARIANT = re.compile(r"cifar_resnet(\d+)_(option_a|wide)")
_STEMS = (
    "conv1",
    "conv1.conv",
    "Conv2d_1a_3x3.conv",
    "features.0",
    "features.0.0",
    "features.conv0",
    "layers.0",
    "stem.0",
    "conv_proj",
)
"""Where the first convolution of a network lies."""
_CHANNELS = (1, 2, 3, 4, 6)
_HEADS = ("output", "fc", "linear", "heads.head", "head", "classifier")
_INCEPTIONS = ("googlenet", "inception_v3")
"""Their published weights take (x - 0.5) / 0.5, which torchvision hides in transform_input."""
_DEEPEST = 1202
_COUNTER = "num_batches_tracked"
_SQUARES = ("square_net", "linear_net")


@dataclass(frozen=True)
class Architecture:
    """A network that can be built and filled with weights.

    Attributes:
        name: as in evidence and on the command line.
        family: whose conventions it follows: ``digits``, ``aircraft``, ``cifar10`` or ``imagenet``.
            Decides the usual normalisation and the usual class names.
        input_shape: (channels, height, width) it is meant for.
        build: a fresh network with that many classes.
        usual: the normalisation that its published weights were trained with, where that is not
            the usual one of its family.
    """

    name: str
    family: str
    input_shape: tuple[int, int, int]
    build: Callable[[int], nn.Module]
    usual: str = ""


def known() -> tuple[str, ...]:
    """Names to choose from; the list is not complete (see :func:`by_name`). Loads torchvision."""
    cifar = tuple(f"cifar_resnet{depth}" for depth in (20, 32, 44, 56, 110))
    plain = tuple(f"cifar_resnet{depth}_option_a" for depth in (20, 32, 44, 56, 110))
    wide = tuple(f"cifar_resnet{depth}_wide" for depth in (18, 34, 50, 101, 152))
    ours = ("digits_cnn", "digits_cnn16", "digits_resnet8", "keypoint_cnn", *_SQUARES)
    return (*ours, *cifar, *plain, *wide, *sorted(_torchvision_names()))


def by_name(name: str, shapes: Shapes) -> Architecture:
    """The architecture called ``name``.

    Args:
        name: ``digits_cnn``, ``cifar_resnet20`` or any torchvision classification model.
        shapes: of the file's tensors; they tell a CIFAR ResNet's input channels.

    Raises:
        UserError: there is none of that name.
    """
    if name in ("digits_cnn", "digits_cnn16"):
        return _digits(shapes, large=name == "digits_cnn16")
    if name == "digits_resnet8":
        return _digits_resnet(shapes)
    if name == "keypoint_cnn":
        return _keypoints(shapes)
    if name in _SQUARES:
        return _squares(shapes, hidden=name == "square_net")
    variant = _VARIANT.fullmatch(name)
    if variant and _is_variant(int(variant[1]), variant[2]):
        return _variant(int(variant[1]), variant[2], shapes)
    in_torchvision = name in _torchvision_names()
    match = _CIFAR.fullmatch(name)
    if match and not in_torchvision and _is_cifar_depth(int(match[1])):
        return _cifar(int(match[1]), shapes)
    if not in_torchvision:
        raise UserError(
            f"There is no architecture '{name}'; there are digits_cnn, cifar_resnet20 (and other "
            "depths 6k + 2) and torchvision's classification models, e.g. resnet50."
        )
    return _torchvision(name, shapes)


_BEGINS = {
    "class_token": ("vit",),
    "features.0.weight": ("alexnet", "squeezenet", "vgg"),
    "features.0.0.weight": ("convnext", "efficientnet", "mobilenet", "swin"),
    "features.conv0.weight": ("densenet",),
    "Conv2d_1a_3x3.conv.weight": ("inception",),
    "conv1.conv.weight": ("googlenet",),
    "layers.0.weight": ("mnasnet",),
    "stem.0.0.weight": ("maxvit",),
    "conv1.0.weight": ("shufflenet",),
    "conv1.weight": ("res", "wide"),
}
"""Families that are tried first for a file that holds a tensor of this name."""
_FEWEST = 16
"""Tensors of AlexNet, which has the fewest of all published networks: trying each takes seconds."""


def infer(shapes: Shapes) -> Architecture | None:
    """The architecture whose tensors have exactly these names and shapes, or None."""
    blocks = {key.split(".")[1] for key in shapes if key.startswith("layer1.")}
    candidates: list[Architecture] = []
    depth = 6 * len(blocks) + 2
    if _is_cifar_depth(depth) and shapes.get("fc.weight", (0, 0))[-1:] == (64,):
        candidates.append(_cifar(depth, shapes))
    elif "linear.weight" in shapes and "conv1.weight" in shapes:
        candidates.extend(_variants(depth, shapes))
    elif set(shapes) in (_LINEAR, _LINEAR | _HIDDEN):
        candidates.append(_squares(shapes, hidden="hidden.weight" in shapes))
    elif set(shapes) == set(_digits(shapes).build(10).state_dict()):
        candidates.extend(_digits(shapes, large=large) for large in (False, True))
    elif set(shapes) == set(outline(lambda: _keypoints(shapes).build(1))):
        candidates.append(_keypoints(shapes))
    elif len(shapes) >= _FEWEST:
        likely = next((names for key, names in _BEGINS.items() if key in shapes), ("resnet",))
        names = sorted(_torchvision_names(), key=lambda name: (not name.startswith(likely), name))
        candidates.extend(_torchvision(name, shapes) for name in names)
    return next((found for found in candidates if _fits(found, shapes)), None)


def class_count(shapes: Shapes) -> int | None:
    """Number of classes: the rows of the last layer, found by its usual names."""
    for head in _HEADS:
        pattern = re.compile(rf"{re.escape(head)}(?:\.(\d+))?\.weight")
        found = [(int(m[1] or 0), key) for key in shapes if (m := pattern.fullmatch(key))]
        if found and shapes[max(found)[1]]:
            return shapes[max(found)[1]][0]
    return None


def outline(build: Callable[[], nn.Module]) -> dict[str, torch.Tensor]:
    """Name, shape and type of every tensor of a network's state, without memory or values."""
    with torch.device("meta"), _NoNormalValues():
        return build().state_dict()


class _NoNormalValues(TorchFunctionMode):
    """Leaves tensors as they are where they would be filled with Gaussian numbers.

    Of tensors without memory torch does that in a way that loads its compiler: over a second, and
    thirty lines of its libraries on standard error when the program ends.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in (nn.init.normal_, torch.Tensor.normal_):
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)


def _fits(architecture: Architecture, shapes: Shapes) -> bool:
    try:
        found = outline(lambda: architecture.build(class_count(shapes) or 1000))
    except (NotImplementedError, ValueError):
        return False
    expected = {key: tuple(t.shape) for key, t in found.items()}
    return _without_counters(expected) == _without_counters(shapes)


def _without_counters(shapes: Shapes) -> dict[str, tuple[int, ...]]:
    return {key: shape for key, shape in shapes.items() if not key.endswith(_COUNTER)}


def _digits(shapes: Shapes, *, large: bool = False) -> Architecture:
    from engine.models.architectures.digits_cnn import LARGE_SIDES, SIDES, DigitsCNN

    channels, sides = _channels(shapes, usual=1), LARGE_SIDES if large else SIDES
    return Architecture(
        "digits_cnn16" if large else "digits_cnn",
        "digits",
        (channels, *sides),
        lambda classes: DigitsCNN(channels, large=large),
    )


_LINEAR, _HIDDEN = {"output.weight", "output.bias"}, {"hidden.weight", "hidden.bias"}


def _squares(shapes: Shapes, *, hidden: bool) -> Architecture:
    from engine.models.architectures.square_net import HIDDEN, SHAPES, SquareNet, image_shape

    first = shapes.get("hidden.weight" if hidden else "output.weight", ())
    units, features = first if len(first) == 2 else (HIDDEN, min(SHAPES))
    shape = image_shape(features)
    return Architecture(
        "square_net" if hidden else "linear_net",
        "digits" if shape == SHAPES[64] else "",
        shape,
        lambda classes: SquareNet(features, classes, hidden=units if hidden else 0),
    )


def _digits_resnet(shapes: Shapes) -> Architecture:
    """A small network with batch normalisation for large digits."""
    from engine.models.architectures.cifar_resnet import CifarResNet
    from engine.models.architectures.digits_cnn import LARGE_SIDES

    channels = _channels(shapes, usual=1)
    return Architecture(
        "digits_resnet8",
        "digits",
        (channels, *LARGE_SIDES),
        lambda classes: CifarResNet(
            depth=8, classes=classes, channels=channels, side=LARGE_SIDES[0]
        ),
    )


def _keypoints(shapes: Shapes) -> Architecture:
    from engine.models.architectures.keypoint_cnn import SIDES, WIDTHS, KeypointCNN

    channels = _channels(shapes, usual=1)
    hidden = zip(("conv1", "conv2", "conv3"), WIDTHS, strict=True)  # fewer where it was pruned
    first, second, third = (shapes.get(f"{name}.weight", (0,))[0] or w for name, w in hidden)
    return Architecture(
        "keypoint_cnn",
        "aircraft",
        (channels, *SIDES),
        lambda count: KeypointCNN(count, channels, (first, second, third)),
    )


def _is_cifar_depth(depth: int) -> bool:
    return 8 <= depth <= _DEEPEST and (depth - 2) % 6 == 0


def _cifar(depth: int, shapes: Shapes) -> Architecture:
    from engine.models.architectures.cifar_resnet import CifarResNet

    channels = _channels(shapes, usual=3)
    return Architecture(
        f"cifar_resnet{depth}",
        "cifar10",
        (channels, 32, 32),
        lambda classes: CifarResNet(depth=depth, classes=classes, channels=channels),
    )


def _variants(depth: int, shapes: Shapes) -> list[Architecture]:
    if "layer4.0.conv1.weight" in shapes:
        return [_variant(depth, "wide", shapes) for depth in (18, 34, 50, 101, 152)]
    return [_variant(depth, "option_a", shapes)] if _is_cifar_depth(depth) else []


def _is_variant(depth: int, kind: str) -> bool:
    return depth in (18, 34, 50, 101, 152) if kind == "wide" else _is_cifar_depth(depth)


def _variant(depth: int, kind: str, shapes: Shapes) -> Architecture:
    from engine.models.architectures.cifar_variants import OptionA, WideStem

    channels, network = _channels(shapes, usual=3), WideStem if kind == "wide" else OptionA
    return Architecture(
        f"cifar_resnet{depth}_{kind}",
        "cifar10",
        (channels, 32, 32),
        lambda classes: network(depth=depth, classes=classes, channels=channels),
        # The published files without shortcuts' parameters were trained with ImageNet's numbers.
        usual="" if kind == "wide" else "imagenet",
    )


def _torchvision_names() -> list[str]:
    from torchvision import models

    return list(models.list_models(module=models))


def _torchvision(name: str, shapes: Shapes) -> Architecture:
    from torchvision import models

    channels = _channels(shapes, usual=3)

    weights = list(models.get_model_weights(name))
    size = weights[0].transforms().crop_size[0] if weights else 224
    # Without this the two oldest models spend half a minute on initial values that are replaced.
    inception = name in _INCEPTIONS
    extra: dict[str, bool] = {"init_weights": False} if inception else {}
    if inception and shapes and not any(key.lower().startswith("aux") for key in shapes):
        extra["aux_logits"] = False

    def build(classes: int) -> nn.Module:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network: nn.Module = models.get_model(name, weights=None, num_classes=classes, **extra)
        return _taking(network, channels)

    usual = "half" if inception else ""
    return Architecture(name, "imagenet", (channels, size, size), build, usual=usual)


def _channels(shapes: Shapes, *, usual: int) -> int:
    """Input channels: those that the first convolution's weights have, else the usual ones."""
    found = (shapes.get(f"{stem}.weight", ()) for stem in _STEMS)
    first = next((shape for shape in found if len(shape) == 4), (0, usual))
    return first[1] if first[1] in _CHANNELS else usual


def _taking(network: nn.Module, channels: int) -> nn.Module:
    """The network, its first convolution made for that many channels."""
    convolutions = (
        (name, module)
        for name, module in network.named_modules()
        if name in _STEMS and isinstance(module, nn.Conv2d)
    )
    name, stem = next(convolutions, ("", None))
    if stem is not None and stem.in_channels != channels:
        parent, _, leaf = name.rpartition(".")
        setattr(network.get_submodule(parent), leaf, _alike(stem, channels))
    return network


def _alike(convolution: nn.Conv2d, channels: int) -> nn.Conv2d:
    """A convolution for another number of channels, everything else alike."""
    return nn.Conv2d(
        channels,
        convolution.out_channels,
        convolution.kernel_size,  # type: ignore[arg-type]
        convolution.stride,  # type: ignore[arg-type]
        convolution.padding,  # type: ignore[arg-type]
        bias=convolution.bias is not None,
    )
