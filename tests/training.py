"""A few digits, to train on in a moment."""

from __future__ import annotations

import dataclasses

import torch

from engine.training.data import DataSet
from engine.training.digits import digits


def few_digits(images: int) -> DataSet:
    """The first training digits as bytes, to learn and to be looked at."""
    data = digits()
    pixels, labels = (half[:images] for half in data.train)
    levels = (pixels * 255).to(torch.uint8)
    return dataclasses.replace(data, train=(levels, labels), validation=(levels, labels))
