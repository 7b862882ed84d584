from __future__ import annotations

import torch

from engine.models.table_network import TableNetwork


def test_codes_count_as_zeros_and_ones():
    torch.manual_seed(0)
    network = TableNetwork(2, (3, 2), 2, hidden=8).eval()
    numbers, codes = torch.tensor([[0.5, -1.0]]), torch.tensor([[2, 0]])
    row = torch.tensor([[0.5, -1.0, 0.0, 0.0, 1.0, 1.0, 0.0]])
    with torch.no_grad():
        inner = torch.relu(network.second(torch.relu(network.first(row))))
        torch.testing.assert_close(network(numbers, codes), network.last(inner))
