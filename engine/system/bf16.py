"""What bfloat16 gains on this processor: nothing where its products are slower than float32's.

A processor that has bfloat16 instructions is not faster for it. With AMX tiles, or where a product
of pairs takes no longer than one of single numbers, it is; without both the products are about half
as fast as in float32, and oneDNN uses them all the same.
"""

from __future__ import annotations

import statistics
import time

import torch

_SIDE, _ROUNDS = 256, 9
"""Of the matrices: products of a few tenths of a millisecond, which stay in the cache."""


def bf16_gain() -> float:
    """How many times as many products a second the processor makes in bf16 as in fp32.

    The median ratio of rounds of some multiplications each, on one thread and in its processor
    time, so that neither other programs nor threads that wait count.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            single = torch.randn(_SIDE, _SIDE)
            half = single.to(torch.bfloat16)
            for matrix in (single, half):  # kernels are made at the first call
                _seconds(matrix)
            pairs = [(_seconds(single), _seconds(half)) for _ in range(_ROUNDS)]
    finally:
        torch.set_num_threads(threads)
    return statistics.median(one / max(other, 1e-9) for one, other in pairs)


def _seconds(matrix: torch.Tensor) -> float:
    """Processor time of eight products."""
    began = time.thread_time()
    for _ in range(8):
        matrix @ matrix
    return time.thread_time() - began
