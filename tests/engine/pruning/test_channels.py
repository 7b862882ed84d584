"""A network without channels against the same network with these silenced."""

from __future__ import annotations

import pytest
import torch

from engine.core.errors import UserError
from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.pruning.channels import activations, copied, detector, weights, widths, without
from engine.training.aircraft import Part

KEPT = {
    "conv1": torch.tensor([0, 3]),
    "conv2": torch.tensor([1, 2, 5]),
    "conv3": torch.tensor([4]),
}


def test_what_is_left_computes_what_the_whole_does_with_the_others_silent(
    small: KeypointCNN, drawn: Part
) -> None:
    silent = copied(small)
    with torch.no_grad():
        for name, kept in KEPT.items():
            layer = silent.get_submodule(name)
            gone = [i for i in range(len(layer.bias)) if i not in kept.tolist()]  # type: ignore[arg-type]
            layer.weight[gone], layer.bias[gone] = 0.0, 0.0  # type: ignore[index,operator]
        smaller = without(small, KEPT)
        torch.testing.assert_close(smaller(drawn[0]), silent(drawn[0]))
    assert widths(smaller) == {"conv1": 2, "conv2": 3, "conv3": 1}
    assert weights(smaller) == 2 * 10 + 3 * (2 * 9 + 1) + 1 * (3 * 9 + 1) + 3 * (1 * 9 + 1)


def test_activations_are_those_of_the_forward_pass(small: KeypointCNN, drawn: Part) -> None:
    found = activations(small, drawn[0])
    torch.testing.assert_close(small.output(found["conv3"]), small(drawn[0]))
    assert [one.shape[1] for one in found.values()] == [4, 6, 5]


def test_the_shipped_detector_is_copied_and_others_are_refused() -> None:
    first, second = detector("demo:aircraft"), detector("demo:aircraft")
    assert weights(first) == 14_915 and first.conv1.weight.requires_grad
    assert first.conv1.weight.data_ptr() != second.conv1.weight.data_ptr()
    with pytest.raises(UserError, match=r"demo:digits-0\.25 is digits_cnn; the lab prunes"):
        detector("demo:digits-0.25")
    with pytest.raises(UserError, match="take demo:aircraft, or a file that the lab wrote"):
        detector("demo:diabetes")
