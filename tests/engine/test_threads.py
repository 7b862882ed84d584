import os

import torch

from engine.threads import leave_a_core_free


def test_torch_uses_all_cores_but_one():
    before = torch.get_num_threads()
    try:
        assert leave_a_core_free() == torch.get_num_threads() == max(1, os.cpu_count() - 1)
    finally:
        torch.set_num_threads(before)
