from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from engine.core.errors import UserError
from engine.models.program import program_classifier
from engine.models.request import ModelRequest


class Mean(nn.Module):
    """Scores from the mean alone; remembers on how many rows it ran."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[int] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.rows.append(len(x))
        mean = x.mean(dim=(1, 2, 3))
        return torch.stack([mean, -mean], dim=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "m.pt"
    path.write_bytes(b"weights")
    return path


def test_a_program_of_one_batch_size_is_fed_in_chunks(file):
    program = Mean()
    classifier = program_classifier(
        file,
        ModelRequest(str(file), normalize="half"),
        lambda device: program,
        format_name="torchscript",
        shape=(1, 4, 4),
        batch=3,
    )
    x = torch.rand(7, 1, 4, 4)
    expected = (x * 2 - 1).mean(dim=(1, 2, 3))
    torch.testing.assert_close(classifier.scores(x)[:, 0], expected)
    assert set(program.rows) == {3}
    assert classifier.identity.normalization == "half: (x - 0.5) / 0.5"


def test_a_program_that_fails_is_refused(file):
    with pytest.raises(UserError, match="does not run on 2 images of 1x4x4; export it again"):
        program_classifier(
            file,
            ModelRequest(str(file)),
            lambda device: nn.Linear(3, 3),
            format_name="torchscript",
            shape=(1, 4, 4),
            batch=None,
        )


def test_the_encoding_is_asked_for_and_the_indicator_left_alone(file):
    def load(**changes):
        return program_classifier(
            file,
            ModelRequest(str(file), normalize="half", **changes),
            lambda device: Mean(),
            format_name="torchscript",
            shape=(2, 4, 4),
            batch=None,
        )

    with pytest.raises(UserError, match="takes 2 channels: a grey image with an indicator"):
        load()
    classifier = load(encoding="indicator")
    assert classifier.identity.encoding == "indicator"
    assert classifier.identity.image_shape == (1, 4, 4)
    x = torch.rand(3, 2, 4, 4)
    expected = torch.stack([x[:, 0] * 2 - 1, x[:, 1]], 1).mean(dim=(1, 2, 3))
    torch.testing.assert_close(classifier.scores(x)[:, 0], expected)
