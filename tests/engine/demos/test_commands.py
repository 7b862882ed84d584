from __future__ import annotations

import json

import torch

from engine.core.resources import assets
from engine.demos import commands
from engine.models.architectures.command_writer import END, MARKS
from engine.oracles import load_oracle


def test_every_phrase_is_read_as_its_command_and_nothing_as_none(tmp_path):
    path = tmp_path / "oracle.txt"
    path.write_text(commands.oracle_text())
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


def test_training_is_repeatable_and_learns():
    short = [commands.train(epochs=6, training=300) for _ in range(2)]
    for a, b in zip(short[0].parameters(), short[1].parameters(), strict=True):
        assert torch.equal(a, b)
    images, texts = commands.part(range(20_000, 20_200))

    def loss(network) -> float:
        with torch.no_grad():
            scores = network(images, texts)
        return float(torch.nn.functional.cross_entropy(scores.flatten(0, 1), texts.flatten()))

    torch.manual_seed(0)
    fresh = commands.CommandWriter(len(commands.vocabulary()))
    assert loss(short[0]) < 0.8 * loss(fresh)


def test_made_files_open_and_are_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "CERTIFIED", 1)
    network = commands.train(epochs=1, training=100)
    monkeypatch.setattr(commands.card, "__kwdefaults__", {"certified": 1})
    path = commands.make(tmp_path, network)
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["certified"]["inputs"] == 1
    assert 0 <= card["clean_command_accuracy"] <= 1
    assert card["sha256"] in path.with_suffix(".md").read_text()


def test_the_shipped_model_is_the_one_on_its_card():
    from engine.core.files import sha256_file

    path = assets() / "models" / "commands.safetensors"
    card = json.loads(path.with_suffix(".json").read_text())
    assert sha256_file(path) == card["sha256"]
    assert path.stat().st_size < 1 << 20
    assert card["clean_command_accuracy"] > 0.95
    assert card["certified"]["right"] > 0.9
    assert (assets() / "models" / "commands.oracle.txt").read_text() == commands.oracle_text()
