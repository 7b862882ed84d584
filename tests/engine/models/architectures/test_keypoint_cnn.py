import torch

from engine.models.architectures import infer
from engine.models.architectures.keypoint_cnn import CELLS, SIDES, KeypointCNN


def test_shapes_and_size():
    network = KeypointCNN(3)
    assert network(torch.zeros(2, 1, *SIDES)).shape == (2, 3, CELLS, CELLS)
    assert sum(p.numel() for p in network.parameters()) == 14_048 + 3 * 289
    assert KeypointCNN(1, 2)(torch.zeros(2, 2, *SIDES)).shape == (2, 1, CELLS, CELLS)


def test_weights_tell_how_many_channels_were_left():
    network = KeypointCNN(3, widths=(5, 4, 6))
    shapes = {name: tuple(t.shape) for name, t in network.state_dict().items()}
    found = infer(shapes)
    assert found is not None and found.name == "keypoint_cnn"
    found.build(3).load_state_dict(network.state_dict())
