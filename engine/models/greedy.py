"""Greedy decoding with transformers' ``generate``, one call per batch, watched for bad scores."""

from __future__ import annotations

from typing import Any

import torch


def greedy(
    network: Any, tokenizer: Any, inputs: dict[str, torch.Tensor], *, longest: int, skipped: int
) -> list[str | None]:
    """The new text of every row, special tokens left out.

    Args:
        network: of transformers.
        tokenizer: turns tokens into words.
        inputs: of ``generate``, one row per answer.
        longest: new tokens at most.
        skipped: tokens of the prompt that ``generate`` repeats before its own.

    Returns:
        None where a score was not finite: that is a failure and no answer.
    """
    first = next(iter(inputs.values()))
    watch = _Watch(len(first), first.device)
    tokens = network.generate(
        **inputs,
        max_new_tokens=longest,
        min_new_tokens=0,
        do_sample=False,
        num_beams=1,
        logits_processor=[watch],
    )
    texts = tokenizer.batch_decode(tokens[:, skipped:], skip_special_tokens=True)
    return [
        text.strip() if whole else None
        for text, whole in zip(texts, watch.finite.tolist(), strict=True)
    ]


class _Watch:
    """Sees every step's scores and remembers where they were not finite."""

    def __init__(self, rows: int, device: torch.device) -> None:
        self.finite = torch.ones(rows, dtype=torch.bool, device=device)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """The scores as they are; a suppressed token's may be minus infinity."""
        del input_ids
        self.finite &= torch.isfinite(scores.max(dim=1).values)
        return scores
