from __future__ import annotations

import torch

from engine.models.pair_network import PairNetwork


def test_masks_and_order_of_words_do_not_count():
    torch.manual_seed(0)
    network, images = PairNetwork(10, 2).eval(), torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        plain = network(images, torch.tensor([[3, 7]]))
        more = network(images, torch.tensor([[10, 7, 10, 3]]))
        other = network(images, torch.tensor([[3, 8]]))
    torch.testing.assert_close(plain, more)
    assert not torch.allclose(plain, other)


def test_the_mask_learns_nothing():
    network = PairNetwork(10, 2)
    torch.autograd.backward(network(torch.rand(4, 3, 32, 32), torch.full((4, 5), 10)).sum())
    assert network.words.weight.grad is not None
    assert not network.words.weight.grad[10].any()
