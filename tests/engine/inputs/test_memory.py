"""Arrays and images of a program: converted in words, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.core.errors import UserError
from engine.inputs.base import pixels_sha256
from engine.inputs.memory import from_memory, is_in_memory

GREY = np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 8, 8)
COLOUR = np.linspace(0, 1, 192, dtype=np.float32).reshape(3, 8, 8)
BYTES = (GREY * 255).round().astype(np.uint8)


def test_what_was_done_is_said() -> None:
    cases: list[tuple[Any, np.ndarray, str]] = [
        (GREY, GREY, ""),
        (torch.tensor(GREY, requires_grad=True), GREY, ""),
        (GREY[0], GREY, "read as one grey channel"),
        (GREY[None], GREY, "the batch dimension of 1 was left out"),
        (GREY.astype(np.float64), GREY, "float64 turned to float32"),
        (torch.tensor(GREY).half(), GREY.astype(np.float16), ""),
        (BYTES, BYTES / np.float32(255), "8-bit values were divided by 255"),
        (torch.tensor(BYTES), BYTES / np.float32(255), "8-bit values were divided by 255"),
        (COLOUR.transpose(1, 2, 0), COLOUR, "its last axis was taken for the channels"),
        (GREY + np.float32(5e-7), np.clip(GREY + 5e-7, 0, 1), "cut off"),
        (Image.fromarray(BYTES[0]), BYTES / np.float32(255), ""),
    ]
    for given, pixels, said in cases:
        found = from_memory(given)
        assert found.pixels.dtype == np.float32 and found.pixels.flags.c_contiguous
        assert np.allclose(found.pixels, pixels, atol=1e-7)
        assert said in " ".join(found.notes), said
        assert bool(found.notes) == bool(said)
        assert found.source.startswith("memory:") and is_in_memory(given)


def test_what_cannot_be_told_is_refused() -> None:
    cases: list[tuple[Any, str]] = [
        (GREY * 255, "numbers from 0 to 255; divide"),
        (GREY * 4 - 2, "before it is normalised"),
        (np.where(GREY > 0.5, np.nan, GREY), "not finite"),
        (np.where(GREY > 0.5, np.inf, GREY), "not finite"),
        ((GREY > 0.5).astype(np.uint8), "nothing but 0 and 1"),
        (BYTES.astype(np.int64), "no known range"),
        (np.stack([GREY, GREY]), "a batch of 2 images"),
        (GREY.reshape(-1), "not an image"),
        (np.zeros((1, 0, 8), np.float32), "not an image"),
        (np.zeros((5, 8, 8), np.float32), "5 channels"),
        (GREY.astype(str), "instead of numbers"),
        (torch.tensor(GREY).to(torch.complex64), "instead of numbers"),
    ]
    for given, sentence in cases:
        with pytest.raises(UserError, match=sentence):
            from_memory(given)
            pytest.fail(sentence)
    for label in (-1, 0.5, True):
        with pytest.raises(UserError, match="index of a class"):
            from_memory(GREY, label=label)  # type: ignore[arg-type]
    assert not is_in_memory([0.5]) and not is_in_memory("a.png")


def test_the_digests_are_of_what_was_given_and_of_what_is_noised() -> None:
    whole, one = from_memory(BYTES), from_memory(BYTES / np.float32(255), name="seven", label=7)
    assert pixels_sha256(whole.pixels) == pixels_sha256(one.pixels)
    assert whole.sha256 != one.sha256
    assert (one.name, one.source, one.label) == ("seven", "memory:seven", 7)
