from __future__ import annotations

import torch

from engine.models.architectures.command_writer import BEGIN, END, CommandWriter


def network() -> CommandWriter:
    torch.manual_seed(0)
    return CommandWriter(9).eval()


def test_writing_follows_the_scores_of_what_was_written():
    model, images = network(), torch.rand(6, 1, 16, 16)
    with torch.inference_mode():
        words, finite = model.write(images, 5)
        scores = model(images, words)
    assert finite.all()
    for row, told in zip(words.tolist(), scores.argmax(dim=2).tolist(), strict=True):
        end = row.index(END) if END in row else len(row)
        assert row[: end + 1] == told[: end + 1]
        assert all(word == END for word in row[end:])


def test_the_first_word_follows_begin():
    model, images = network(), torch.rand(2, 1, 16, 16)
    with torch.inference_mode():
        state = model.encode(images)
        begin = torch.full((2,), BEGIN)
        first = model.output(model.step(model.embedded(begin), state))
        scores = model(images, torch.tensor([[3, END], [4, END]]))
    assert torch.allclose(scores[:, 0], first)


def test_scores_that_are_not_finite_are_told():
    with torch.inference_mode():
        _, finite = network().write(
            torch.tensor([0.5, torch.nan]).view(2, 1, 1, 1).expand(2, 1, 16, 16), 3
        )
    assert finite.tolist() == [True, False]
