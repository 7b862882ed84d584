from __future__ import annotations

import json

import pytest
import torch

from engine.core.errors import UserError
from engine.demos.data.signs import drawn, sign
from engine.models import ModelRequest, load_model
from engine.models.text_generator import BEGIN, END, MARKS, CommandWriter, load_text_generator
from engine.training.writing import safetensors_bytes


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


WORDS = (*MARKS, "left", "right", "go")


def written(folder, words=WORDS, **metadata):
    torch.manual_seed(0)
    path = folder / "model.safetensors"
    facts = {"architecture": "command_writer", "vocabulary": json.dumps(words), **metadata}
    path.write_bytes(safetensors_bytes(CommandWriter(len(WORDS)).state_dict(), facts))
    (folder / "model.oracle.txt").write_text("left: left\nright: right\n")
    return path


def test_a_saved_model_says_what_it_said(tmp_path):
    path = written(tmp_path, training_sigma="0.25")
    model = load_model(ModelRequest(str(path), max_new_tokens=4))
    images = torch.rand(20, 1, 16, 16)
    network = CommandWriter(len(WORDS)).eval()
    from safetensors.torch import load_file

    network.load_state_dict(load_file(path))
    model.prepare(torch.device("cpu"), "fp32")
    with torch.inference_mode():
        said = model.generator.answers(images)
        tokens, _ = network.write(images, 4)
    for text, row in zip(said, tokens.tolist(), strict=True):
        end = row.index(0) if 0 in row else 4
        assert text == " ".join(WORDS[i] for i in row[:end])
    assert model.identity.training_sigma == 0.25
    assert model.identity.generation.max_new_tokens == 4
    model.unload()
    assert model.generator.answers(images) == said


def test_the_shipped_model_says_one_command_in_several_ways():
    model = load_model(ModelRequest("demo:commands"))
    model.prepare(torch.device("cpu"), "fp32")
    images = torch.stack([torch.from_numpy(drawn(sign(n))) for n in range(40)])
    classes = model.classify(images)
    assert (classes == torch.arange(40) % 4).float().mean() > 0.95
    phrases = {
        text for text, index in zip(model.said(), classes.tolist(), strict=True) if index == 0
    }
    assert len(phrases) >= 2
    assert model.classify(torch.zeros(1, 1, 16, 16)).tolist() == [4]
    assert model.said() == ("i see no sign",)


def test_another_oracle_reads_the_shipped_model(tmp_path):
    rules = tmp_path / "rules.txt"
    rules.write_text("sideways: left, right\nahead: forward, straight\n")
    model = load_model(ModelRequest("demo:commands", oracle=rules))
    assert model.identity.class_names == ("sideways", "ahead", "unparseable")
    assert model.identity.sha256 != load_model(ModelRequest("demo:commands")).identity.sha256


def test_nan_is_no_answer(tmp_path):
    model = load_model(ModelRequest(str(written(tmp_path))))
    assert model.generator.answers(torch.full((1, 1, 16, 16), torch.nan)) == [None]


@pytest.mark.parametrize("words", [("left", "right"), ["<end>", "<begin>", 3], {"a": 1}])
def test_a_vocabulary_that_cannot_be(tmp_path, words):
    path = written(tmp_path, words)
    with pytest.raises(UserError, match="holds no vocabulary that is understood"):
        load_text_generator(path, ModelRequest(str(path)))


def test_a_vocabulary_that_does_not_fit_the_weights(tmp_path):
    path = written(tmp_path, (*WORDS, "more"))
    with pytest.raises(UserError, match="has the shape"):
        load_text_generator(path, ModelRequest(str(path)))


def test_it_takes_no_prompt(tmp_path):
    path = written(tmp_path)
    with pytest.raises(UserError, match="takes no prompt"):
        load_text_generator(path, ModelRequest(str(path), prompt="where to?"))
