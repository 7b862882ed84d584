import json
import threading

import pytest

from engine.cli import train
from engine.training import making
from engine.training.progress import MEASURING, Epoch, Look, Progress

SMALL = ("--epochs", "2", "--check-every", "1", "--draws", "1", "--watch", "2", "--certify", "2")


@pytest.mark.thorough
def test_trains_and_writes_a_model_with_a_card(program, tmp_path):
    shown = program("train", "--method", "consistency", "--m", "3", *SMALL, "--out", str(tmp_path))
    assert shown.status == 0
    assert "of 2 validation images right and certified" in " ".join(shown.err.split())
    card = json.loads((tmp_path / "digits-consistency-0.25.json").read_text())
    assert card["recipe"]["method"] == {"key": "consistency", "weight": 10.0, "eta": 0.5, "m": 3}
    assert card["command"].startswith("certiscope train --data digits --arch digits_cnn --method")
    assert card["certified_accuracy"]["inputs"] == 2


def test_a_stopped_training_says_how_it_is_resumed(program, tmp_path, monkeypatch):
    def stopped(order, out, *, stop: threading.Event):
        yield from ()

    monkeypatch.setattr(making, "making", stopped)
    shown = program("train", "--out", str(tmp_path), "--name", "mine")
    assert shown.status == 130
    assert "mine.training holds the state after the last whole epoch" in shown.err


def test_what_takes_its_time_after_the_last_epoch_is_said(program, tmp_path, monkeypatch):
    """Without it nothing was heard for as long as the card's images were certified."""
    epochs = tuple(Epoch(epoch=k, loss=1.0, accuracy=0.5, learning_rate=0.1) for k in (1, 2))

    def made(order, out, *, stop: threading.Event):
        for done in (1, 2, 2):
            yield Progress(epochs=2, history=epochs[:done])
        return out / "mine.safetensors"

    monkeypatch.setattr(making, "making", made)
    shown = program("train", "--epochs", "2", "--out", str(tmp_path), "--name", "mine")
    assert shown.status == 0 and " ".join(shown.err.split()).count(MEASURING) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--eta", "3"), "--eta belongs to consistency, smoothmix; gaussian takes no setting."),
        (("--data", "nowhere"), "There is no folder nowhere; --data takes digits"),
        (("--method", "macer", "--scheme", "laplace"), "macer maximises the radius of Gaussian"),
        (("--learning-rate", "0"), "--learning-rate must be greater than 0"),
        (("--watch", "-1"), "--watch must be 0 or more (it was -1)."),
        (("--certify", "-3"), "--certify must be 0 or more (it was -3)."),
        (("--arch", "digits_cnn16", *SMALL), "digits_cnn16 does not take images of 8 by 8 pixels"),
        (("--device", "cuda:7"), "Device 'cuda:7' is not available here"),
    ],
)
def test_bad_input_is_a_sentence(program, tmp_path, words, sentence):
    shown = program("train", *words, "--out", str(tmp_path))
    assert shown.status == 2 and sentence in shown.err
    assert not list(tmp_path.iterdir())


def test_lines_are_rounded_down():
    look = Look(images=20, n=1000, alpha=0.001, right=0.6499, acr=0.12399)
    epoch = Epoch(
        epoch=3, loss=1.23456, accuracy=0.6666, learning_rate=0.1, validation=0.7, certified=look
    )
    assert train.line(epoch) == (
        "epoch 3: loss 1.235; 66.6 % of noisy training samples right; 70.0 % of noisy validation "
        "samples; 64.9 % of 20 validation images right and certified, average radius 0.123 "
        "(n = 1,000, alpha 0.001)"
    )
