import torch

from engine.models.architectures.digits_cnn import CLASS_NAMES, INPUT_SHAPE, DigitsCNN


def test_shapes_and_size():
    network = DigitsCNN()
    assert network(torch.zeros(3, *INPUT_SHAPE)).shape == (3, len(CLASS_NAMES))
    assert sum(p.numel() for p in network.parameters()) == 151_306


def test_training_and_evaluation_compute_the_same():
    network, x = DigitsCNN(), torch.rand(4, *INPUT_SHAPE)
    assert torch.equal(network.train()(x), network.eval()(x))
