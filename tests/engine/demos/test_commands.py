from __future__ import annotations

from dataclasses import replace

import torch

from engine.core.resources import assets
from engine.demos import commands
from engine.models.text_generator import END, MARKS, CommandWriter
from engine.oracles import load_oracle


def test_every_phrase_is_read_as_its_command_and_nothing_as_none(tmp_path):
    path = tmp_path / "oracle.txt"
    path.write_text(commands.ORACLE)
    oracle = load_oracle(path)
    for name, phrases in commands.PHRASES.items():
        index = oracle.identity.class_names.index(name)
        assert oracle.classify(phrases) == [index] * 3
    assert oracle.classify([commands.NOTHING]) == [len(commands.PHRASES)]


def test_texts_end_and_empty_images_say_nothing():
    images, texts = commands.part(range(20_000, 20_012))
    words = commands.vocabulary()
    assert words[:2] == MARKS
    said = [" ".join(words[i] for i in row if i != END) for row in texts.tolist()]
    assert said[0] == commands.phrase(20_000)
    assert said[1] == commands.NOTHING
    assert images[1].max() == 0
    assert all(row[-1] == END for row in texts.tolist())


def test_training_learns():
    network = commands.train(replace(commands.RECIPE, epochs=6, examples=300))
    images, texts = commands.part(range(20_000, 20_200))

    def loss(network: torch.nn.Module) -> float:
        with torch.no_grad():
            scores = network(images, texts)
        return float(torch.nn.functional.cross_entropy(scores.flatten(0, 1), texts.flatten()))

    torch.manual_seed(0)
    assert loss(network) < 0.8 * loss(CommandWriter(len(commands.vocabulary())))


def test_the_shipped_oracle_is_that_of_the_recipe():
    assert (assets() / "models" / "commands.oracle.txt").read_text() == commands.ORACLE
