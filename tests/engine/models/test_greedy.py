from __future__ import annotations

import torch

from engine.models.greedy import _Watch, greedy


class Network:
    """Answers with the row's first token, after showing scores that may not be finite."""

    def generate(self, *, input_ids, logits_processor, max_new_tokens, **rest):
        assert rest == {"min_new_tokens": 0, "do_sample": False, "num_beams": 1}
        scores = input_ids.float()
        scores = torch.where(input_ids == 9, torch.nan, scores)
        logits_processor[0](input_ids, scores)
        return torch.cat([input_ids, input_ids[:, :max_new_tokens]], dim=1)


class Words:
    def batch_decode(self, tokens, *, skip_special_tokens):
        assert skip_special_tokens
        return [" ".join(map(str, row)) + " " for row in tokens.tolist()]


def test_only_new_tokens_and_only_finite_ones_are_answers():
    inputs = {"input_ids": torch.tensor([[1, 2], [9, 3]])}
    assert greedy(Network(), Words(), inputs, longest=1, skipped=2) == ["1", None]


def test_a_suppressed_token_is_no_failure():
    watch = _Watch(2, torch.device("cpu"))
    watch(torch.zeros(2, 1), torch.tensor([[-torch.inf, 1.0], [0.0, 1.0]]))
    assert watch.finite.all()
    watch(torch.zeros(2, 1), torch.tensor([[0.0, 1.0], [torch.inf, 1.0]]))
    assert watch.finite.tolist() == [True, False]
