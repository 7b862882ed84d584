import json

import torch
from safetensors.torch import load

from engine.training.writing import card_json, safetensors_bytes, threads


def test_same_weights_same_bytes_and_readable():
    tensors = {"b": torch.ones(3), "a": torch.arange(4.0).view(2, 2)}
    metadata = {"z": "1", "a": "2", "m": "3"}
    first = safetensors_bytes(tensors, metadata)
    assert all(safetensors_bytes(tensors, metadata) == first for _ in range(20))
    found = load(first)
    assert torch.equal(found["a"], tensors["a"]) and torch.equal(found["b"], tensors["b"])


def test_lists_of_numbers_stay_on_one_line():
    facts = {"split": {"train": [1, 2, 3]}, "name": "pixels in [0, 1]", "list": ["a"]}
    written = card_json(facts).decode()
    assert json.loads(written) == facts and '"train": [1,2,3]' in written
    assert written.endswith("}\n")


def test_threads_are_given_back():
    before = torch.get_num_threads()
    with threads(1):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before
