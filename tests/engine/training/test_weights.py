import torch
from safetensors.torch import load

from engine.training.weights import safetensors_bytes


def test_same_weights_same_bytes_and_readable():
    tensors = {"b": torch.ones(3), "a": torch.arange(4.0).view(2, 2)}
    metadata = {"z": "1", "a": "2", "m": "3"}
    first = safetensors_bytes(tensors, metadata)
    assert all(safetensors_bytes(tensors, metadata) == first for _ in range(20))
    found = load(first)
    assert torch.equal(found["a"], tensors["a"]) and torch.equal(found["b"], tensors["b"])
