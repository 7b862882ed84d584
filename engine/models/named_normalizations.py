"""Normalisations that have a name. No torch: verifiers read networks with them."""

from __future__ import annotations

_CIFAR10_MEAN, _CIFAR10_STD = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)
_IMAGENET_MEAN, _IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

NAMED: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "none": ((), ()),
    "cifar10": (_CIFAR10_MEAN, _CIFAR10_STD),
    "cifar10-center": (_CIFAR10_MEAN, (1.0,)),
    "imagenet": (_IMAGENET_MEAN, _IMAGENET_STD),
    "imagenet-center": (_IMAGENET_MEAN, (1.0,)),
    "half": ((0.5,), (0.5,)),
}
"""Mean and deviation per channel, by the name used with ``--normalize``."""
