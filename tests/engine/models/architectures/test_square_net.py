from __future__ import annotations

import pytest
import torch

from engine.models import ModelRequest, load_model
from engine.models.architectures import by_name, infer, known
from engine.models.architectures.square_net import SquareNet, image_shape
from tests.encrypted import model_file


def test_scores_are_sums_of_squares():
    network, x = SquareNet(4, 3, hidden=2), torch.rand(5, 1, 2, 2)
    inner = (x.flatten(1) @ network.hidden.weight.T + network.hidden.bias) ** 2
    expected = inner @ network.output.weight.T + network.output.bias
    torch.testing.assert_close(network(x), expected)
    assert SquareNet(4, 3, hidden=0).hidden is None


@pytest.mark.parametrize(("hidden", "name"), [(3, "square_net"), (0, "linear_net")])
def test_a_file_of_weights_tells_which_it_is(tmp_path, hidden, name):
    found = load_model(ModelRequest(str(model_file(tmp_path / "m.safetensors", hidden))))
    assert found.identity.architecture == name and found.identity.input_shape == (1, 2, 2)
    assert len(found.identity.class_names) == 3 and name in known()


def test_names_and_shapes():
    assert by_name("square_net", {}).input_shape == (1, 8, 8)
    shapes = {"output.weight": (10, 3072), "output.bias": (10,)}
    assert infer(shapes).input_shape == (3, 32, 32)
    assert [image_shape(n) for n in (64, 784, 25, 6)] == [
        (1, 8, 8),
        (1, 28, 28),
        (1, 5, 5),
        (1, 1, 6),
    ]
