import torch

from engine.models.architectures.digits_cnn import CLASS_NAMES, SIDES, DigitsCNN


def test_shapes_and_size():
    network = DigitsCNN()
    assert network(torch.zeros(3, 1, *SIDES)).shape == (3, len(CLASS_NAMES))
    assert sum(p.numel() for p in network.parameters()) == 151_306


def test_training_and_evaluation_compute_the_same():
    network, x = DigitsCNN(), torch.rand(4, 1, *SIDES)
    assert torch.equal(network.train()(x), network.eval()(x))


def test_a_second_channel_for_indicator_or_complement():
    network = DigitsCNN(2)
    assert network(torch.zeros(3, 2, *SIDES)).shape == (3, len(CLASS_NAMES))
    assert sum(p.numel() for p in network.parameters()) == 151_306 + 288
