"""Philox 4x32-10 in integer tensor operations (Salmon, Moraes, Dror & Shaw, SC 2011).

Counter-based: the words depend on (key, counter) alone, so noise can be drawn in any batch size and
order, resumed, split and replayed, with the same bits on every device. Written with in-place int64
operations on one scratch allocation; the 64-bit products wrap, which the masks make harmless.
"""

from __future__ import annotations

import torch

_M0, _M1 = 0xD2511F53, 0xCD9E8D57
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
MASK32 = 0xFFFFFFFF
_ROUNDS = 10


class Philox:
    """The generator for one key, with its scratch space.

    Args:
        key: 64-bit key; its low word is k0.
        device: where the words are made.
    """

    def __init__(self, key: int, device: torch.device | str = "cpu") -> None:
        self.key = (key & MASK32, (key >> 32) & MASK32)
        self.device = torch.device(device)
        self._scratch = torch.empty((6, 0), dtype=torch.int64, device=self.device)

    def lanes(self, size: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Four int64 lanes of ``size`` counters to fill in before :meth:`scramble_`.

        They are views of the scratch space: the next call hands out the same memory.
        """
        if self._scratch.shape[1] < size:
            self._scratch = torch.empty((6, size), dtype=torch.int64, device=self.device)
        lanes = self._scratch[:4, :size].unbind()
        return lanes[0], lanes[1], lanes[2], lanes[3]

    def scramble_(
        self, c0: torch.Tensor, c1: torch.Tensor, c2: torch.Tensor, c3: torch.Tensor
    ) -> None:
        """Replace the counters (lanes from :meth:`lanes`) by their output words, in [0, 2^32)."""
        size = c0.numel()
        product0, product1 = self._scratch[4, :size], self._scratch[5, :size]
        k0, k1 = self.key
        for _ in range(_ROUNDS):
            torch.mul(c0, _M0, out=product0)
            torch.mul(c2, _M1, out=product1)
            torch.bitwise_right_shift(product1, 32, out=c0)
            c0.bitwise_and_(MASK32).bitwise_xor_(c1).bitwise_xor_(k0)
            torch.bitwise_right_shift(product0, 32, out=c2)
            c2.bitwise_and_(MASK32).bitwise_xor_(c3).bitwise_xor_(k1)
            torch.bitwise_and(product1, MASK32, out=c1)
            torch.bitwise_and(product0, MASK32, out=c3)
            k0, k1 = (k0 + _W0) & MASK32, (k1 + _W1) & MASK32
