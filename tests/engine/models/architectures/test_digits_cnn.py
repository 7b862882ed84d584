import torch

from engine.models.architectures import infer
from engine.models.architectures.digits_cnn import CLASS_NAMES, LARGE_SIDES, SIDES, DigitsCNN


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


def test_the_larger_one_takes_16_by_16_and_its_file_is_told_from_the_other():
    network = DigitsCNN(large=True)
    assert network(torch.zeros(3, 1, *LARGE_SIDES)).shape == (3, len(CLASS_NAMES))
    for large, name in ((False, "digits_cnn"), (True, "digits_cnn16")):
        state = DigitsCNN(large=large).state_dict()
        found = infer({key: tuple(value.shape) for key, value in state.items()})
        assert found is not None and found.name == name
