import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.models.architectures.digits_cnn import DigitsCNN
from engine.schemes import Gaussian
from engine.training.checkpoint import Checkpoint, standing
from engine.training.loop import training
from engine.training.methods.smoothmix import SmoothMix
from engine.training.recipe import Recipe
from tests.training import few_digits

ROOT = Path(__file__).parents[3]
CLI = """
import sys
from pathlib import Path
from tests.engine.training.test_checkpoint import RECIPES, trained
trained(RECIPES[sys.argv[1]], Path(sys.argv[2]))
"""
RECIPES = {
    "adamw": Recipe(
        scheme=Gaussian(sigma=0.25),
        method=SmoothMix(steps=1, warmup=2),
        epochs=6,
        batch=32,
        check_every=2,
        draws=2,
    ),
    "sgd": Recipe(
        scheme=Gaussian(sigma=0.25),
        epochs=6,
        batch=32,
        check_every=4,
        draws=2,
        optimizer="sgd",
        learning_rate=0.05,
    ),
}


def trained(recipe: Recipe, path: Path, epochs: int = 0):
    """The network, stopped after some epochs if that is asked for."""
    torch.manual_seed(recipe.seed)
    going = training(
        DigitsCNN(),
        few_digits(64),
        recipe,
        keeper=Checkpoint(path, {"recipe": recipe.model_dump()}),
    )
    if not epochs:
        return result_of(going)
    for progress in going:
        if progress.done == epochs:
            return None
    raise AssertionError("it ended before")


def same(one, other) -> bool:
    ours, theirs = one.network.state_dict(), other.network.state_dict()
    return all(torch.equal(ours[name], theirs[name]) for name in ours) and (
        (one.epoch, one.validation_accuracy, one.history)
        == (other.epoch, other.validation_accuracy, other.history)
    )


@pytest.mark.walk
@pytest.mark.parametrize("name", RECIPES)
def test_a_resumed_training_is_an_uninterrupted_one_bit_for_bit(name, tmp_path):
    whole = trained(RECIPES[name], tmp_path / "whole.training")
    for epochs in (1, 4):
        torch.manual_seed(99)
        trained(RECIPES[name], tmp_path / "cut.training", epochs)
        torch.rand(7)
    assert same(trained(RECIPES[name], tmp_path / "cut.training"), whole)


@pytest.mark.thorough
def test_a_killed_training_loses_at_most_the_epoch_at_hand(tmp_path):
    """The process is killed as soon as its first epoch is kept, wherever it then is."""
    path = tmp_path / "killed.training"
    process = subprocess.Popen([sys.executable, "-c", CLI, "adamw", str(path)], cwd=ROOT)
    try:
        while not path.exists() and process.poll() is None:
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    recipe = RECIPES["adamw"]
    assert same(trained(recipe, path), trained(recipe, tmp_path / "whole.training"))


def test_the_state_of_another_training_is_refused(tmp_path):
    path = tmp_path / "one.training"
    trained(RECIPES["sgd"], path, 1)
    kept = path.read_bytes()
    other = RECIPES["sgd"].model_copy(update={"learning_rate": 0.1})
    with pytest.raises(
        UserError, match=r"another training: its recipe.learning_rate is 0.05, not 0.1. Resume with"
    ):
        trained(other, path, 1)
    assert path.read_bytes() == kept


@pytest.mark.parametrize("content", [b"", b"\x08\0\0\0\0\0\0\0{}      ", b"no safetensors at all"])
def test_a_damaged_state_is_a_sentence(content, tmp_path):
    path = tmp_path / "damaged.training"
    path.write_bytes(content)
    with pytest.raises(UserError, match="holds no state of a training that can be resumed; delete"):
        trained(RECIPES["sgd"], path, 1)


def test_facts_are_plain_json_and_a_done_training_leaves_none(tmp_path):
    path = tmp_path / "one.training"
    trained(RECIPES["sgd"], path, 1)
    head = path.read_bytes()
    size = int.from_bytes(head[:8], "little")
    facts = json.loads(json.loads(head[8 : 8 + size])["__metadata__"]["facts"])
    assert facts["of"]["recipe"]["optimizer"] == "sgd" and len(facts["history"]) == 1
    Checkpoint(path, {}).forget()
    assert not path.exists()


def test_a_state_says_how_far_it_is_without_being_loaded(tmp_path):
    path = tmp_path / "a.training"
    assert standing(path) is None
    trained(RECIPES["adamw"], path, epochs=2)
    assert standing(path) == (2, 6)
    path.write_bytes(b"no state")
    assert standing(path) is None
