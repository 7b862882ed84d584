import json

import torch

from engine.training.writing import card_json, threads


def test_lists_of_numbers_stay_on_one_line():
    facts = {"split": {"train": [1, 2, 3]}, "name": "m", "list": ["a"]}
    written = card_json(facts).decode()
    assert json.loads(written) == facts and '"train": [1,2,3]' in written
    assert written.endswith("}\n")


def test_threads_are_given_back():
    before = torch.get_num_threads()
    with threads(1):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before
