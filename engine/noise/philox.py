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
        self.device = torch.device(device)
        k0, k1 = key & MASK32, (key >> 32) & MASK32
        self._keys = [
            torch.tensor([[(k0 + i * _W0) & MASK32], [(k1 + i * _W1) & MASK32]]).to(self.device)
            for i in range(_ROUNDS)
        ]
        self._scratch = torch.empty((3, 2, 0), dtype=torch.int64, device=self.device)
        self._blocks = 0
        self._inner = self._outer = torch.empty(0, dtype=torch.int64, device=self.device)

    def words(
        self, start: int, samples: int, blocks: int, stream: int, *, first: int = 0
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Words of samples start .. start+samples-1, ``blocks`` counters each.

        The counter of block j of sample s is (first + j, s low, s high, stream).

        Returns:
            Even words (w0, w2) and odd words (w1, w3), each (2, samples * blocks), in [0, 2^32).
            They are scratch memory: the next call overwrites them.
        """
        c0, c1, c2, c3 = self.lanes(samples * blocks)
        inner, outer = self._template(samples, blocks)
        torch.add(inner, first, out=c0)
        torch.add(outer, start, out=c1)
        torch.bitwise_right_shift(c1, 32, out=c2)
        c1.bitwise_and_(MASK32)
        c3.fill_(stream)
        self.scramble_()
        return self._scratch[0], self._scratch[1]

    def lanes(self, size: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Four int64 lanes of ``size`` counters to fill in before :meth:`scramble_`.

        They are views of the scratch space: the next call hands out the same memory.
        """
        if self._scratch.shape[2] != size:
            self._scratch = torch.empty((3, 2, size), dtype=torch.int64, device=self.device)
        even, odd = self._scratch[0], self._scratch[1]
        return even[0], odd[0], even[1], odd[1]

    def _template(self, samples: int, blocks: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Block and sample number of each counter, kept for the next batch."""
        size = samples * blocks
        if self._blocks != blocks or self._inner.numel() < size:
            index = torch.arange(size, dtype=torch.int64, device=self.device)
            self._blocks = blocks
            self._inner = index % blocks
            self._outer = index // blocks
        return self._inner[:size], self._outer[:size]

    def scramble_(self) -> None:
        """Replace the counters in the lanes by their output words, in [0, 2^32)."""
        even, odd, product = self._scratch.unbind()
        for key in self._keys:
            torch.mul(even[1], _M1, out=product[0])
            torch.mul(even[0], _M0, out=product[1])
            torch.bitwise_right_shift(product, 32, out=even)
            # The odd lanes' high words are rubbish that this mask removes; so is the sign.
            even.bitwise_xor_(odd).bitwise_xor_(key).bitwise_and_(MASK32)
            odd, product = product, odd
        odd.bitwise_and_(MASK32)
