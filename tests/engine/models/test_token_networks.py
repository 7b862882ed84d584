from __future__ import annotations

import torch

from engine.models.token_networks import PairNetwork, TableNetwork, TextNetwork


def test_masks_and_order_of_words_of_a_text_do_not_count():
    torch.manual_seed(0)
    network = TextNetwork(10, 3).eval()
    with torch.no_grad():
        plain = network(torch.tensor([[3, 7]]))
        more = network(torch.tensor([[10, 7, 10, 3]]))
        other = network(torch.tensor([[3, 8]]))
    assert plain.shape == (1, 3)
    torch.testing.assert_close(plain, more)
    assert not torch.allclose(plain, other)


def test_the_mask_of_a_text_learns_nothing():
    network = TextNetwork(10, 2)
    torch.autograd.backward(network(torch.full((4, 5), 10)).sum())
    assert network.words.weight.grad is not None
    assert not network.words.weight.grad[10].any()


def test_masks_and_order_of_words_beside_an_image_do_not_count():
    torch.manual_seed(0)
    network, images = PairNetwork(10, 2).eval(), torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        plain = network(images, torch.tensor([[3, 7]]))
        more = network(images, torch.tensor([[10, 7, 10, 3]]))
        other = network(images, torch.tensor([[3, 8]]))
    torch.testing.assert_close(plain, more)
    assert not torch.allclose(plain, other)


def test_the_mask_beside_an_image_learns_nothing():
    network = PairNetwork(10, 2)
    torch.autograd.backward(network(torch.rand(4, 3, 32, 32), torch.full((4, 5), 10)).sum())
    assert network.words.weight.grad is not None
    assert not network.words.weight.grad[10].any()


def test_codes_count_as_zeros_and_ones():
    torch.manual_seed(0)
    network = TableNetwork(2, (3, 2), 2, hidden=8).eval()
    numbers, codes = torch.tensor([[0.5, -1.0]]), torch.tensor([[2, 0]])
    row = torch.tensor([[0.5, -1.0, 0.0, 0.0, 1.0, 1.0, 0.0]])
    with torch.no_grad():
        inner = torch.relu(network.second(torch.relu(network.first(row))))
        torch.testing.assert_close(network(numbers, codes), network.last(inner))
