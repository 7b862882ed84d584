"""What may be handed over as one input and as several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, TensorDataset

from engine.api.inputs import one, several
from engine.core.errors import UserError

IMAGES, LABELS = torch.rand(7, 1, 8, 8), torch.arange(7)


def named(inputs: Any, limit: int | None = None) -> list[tuple[str, int | None]]:
    return [(found.name, found.read().label) for found in several(inputs, limit)]


def test_sets_come_in_many_shapes() -> None:
    expected: list[tuple[str, int | None]] = [(f"sample {i}", i) for i in range(7)]
    data = TensorDataset(IMAGES, LABELS)
    pairs = [(image, int(label)) for image, label in zip(IMAGES, LABELS, strict=True)]
    for inputs in (
        DataLoader(data, batch_size=3),
        data,
        pairs,
        iter(pairs),
        (IMAGES, LABELS),
        (IMAGES.numpy(), LABELS.numpy()),
        [IMAGES, LABELS.tolist()],
    ):
        assert named(inputs) == expected, type(inputs)
    assert named(pairs[:2]) == expected[:2]
    for inputs in (IMAGES, TensorDataset(IMAGES), DataLoader(TensorDataset(IMAGES), batch_size=4)):
        assert named(inputs) == [(name, None) for name, _ in expected]


def test_a_limit_spreads_over_what_has_a_length(tmp_path: Path) -> None:
    data = TensorDataset(IMAGES, LABELS)
    assert [label for _, label in named(data, 3)] == [0, 2, 4]
    assert [label for _, label in named(DataLoader(data, batch_size=2), 3)] == [0, 1, 2]
    for place in range(4):
        Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / f"{place}.png")
    names = [Path(name).name for name, _ in named(tmp_path, 2)]
    assert names == ["0.png", "2.png"]
    assert named("digits:7")[0][0] == "digits:7" == named(["digits:7"])[0][0]


def test_no_set_and_no_input() -> None:
    cases: list[tuple[Any, str]] = [
        ([], "empty"),
        (3, "no set of inputs"),
        (IMAGES[0], "four dimensions"),
        ((IMAGES, LABELS[:3]), "7 images and 3 labels"),
        ([("a", 1), ("b", 2)], "sample 0 is a str"),
        ([(IMAGES[0], torch.zeros(10))], "label of the sample 0"),
        ([(IMAGES[0], 0.9)], "label of the sample 0"),
        ([(IMAGES[0], True)], "label of the sample 0"),
        ([(IMAGES[0], float("inf"))], "label of the sample 0"),
        ((IMAGES, IMAGES), "label of the sample 0"),
        ([(IMAGES[0] * 255, 1)], "sample 0 holds numbers from"),
    ]
    for inputs, sentence in cases:
        with pytest.raises(UserError, match=sentence):
            several(inputs, None)
            pytest.fail(sentence)
    with pytest.raises(UserError, match="limit must be 1 or more"):
        several((IMAGES, LABELS), 0)
    with pytest.raises(UserError, match="type dict is not an input"):
        one({})
    assert one(IMAGES[0], name="seven", label=7).label == 7
    assert one("digits:7").source == "digits:7"
