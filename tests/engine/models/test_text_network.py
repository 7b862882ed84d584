from __future__ import annotations

import torch

from engine.models.text_network import TextNetwork


def test_masks_and_order_of_words_do_not_count():
    torch.manual_seed(0)
    network = TextNetwork(10, 3).eval()
    with torch.no_grad():
        plain = network(torch.tensor([[3, 7]]))
        more = network(torch.tensor([[10, 7, 10, 3]]))
        other = network(torch.tensor([[3, 8]]))
    assert plain.shape == (1, 3)
    torch.testing.assert_close(plain, more)
    assert not torch.allclose(plain, other)


def test_the_mask_learns_nothing():
    network = TextNetwork(10, 2)
    torch.autograd.backward(network(torch.full((4, 5), 10)).sum())
    assert network.words.weight.grad is not None
    assert not network.words.weight.grad[10].any()
