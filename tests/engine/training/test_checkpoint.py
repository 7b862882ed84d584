import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

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


Change = Callable[[dict[str, Any], dict[str, torch.Tensor]], None]
CHANGES: dict[str, Change] = {
    "facts of nothing": lambda facts, _: facts.update(of=[]),
    "an epoch that was not": lambda facts, _: facts.update(best=[99, 1.0]),
    "an accuracy that was not": lambda facts, _: facts.update(best=[2, 0.75]),
    "no accuracy": lambda facts, _: facts.update(best=["a", "b"]),
    "epochs beyond the last": lambda facts, _: facts.update(history=facts["history"] * 4),
    "epochs left out": lambda facts, _: facts.update(history=[]),
    "an epoch twice": lambda facts, _: facts["history"].append(facts["history"][0]),
    "a share above 1": lambda facts, _: facts["history"][0].update(accuracy=5.0),
    "another rate": lambda facts, _: facts["history"][1].update(learning_rate=-1.0),
    "no weights that are kept": lambda _, tensors: dropped(tensors, "best."),
    "weights of another network": lambda _, tensors: zeroed(tensors, "best."),
    "moments of another shape": lambda _, tensors: zeroed(tensors, "optimizer."),
    "moments of no parameter": lambda _, tensors: tensors.update(
        {"optimizer.99.momentum_buffer": torch.zeros(1)}
    ),
    "no moments of this kind": lambda _, tensors: tensors.update(
        {"optimizer.0.other": tensors["optimizer.0.momentum_buffer"].clone()}
    ),
    "no noise": lambda _, tensors: dropped(tensors, "random.noise"),
}


def dropped(tensors: dict[str, torch.Tensor], part: str) -> None:
    for name in [name for name in tensors if name.startswith(part)]:
        del tensors[name]


def zeroed(tensors: dict[str, torch.Tensor], part: str) -> None:
    tensors.update({name: torch.zeros(1, 7) for name in tensors if name.startswith(part)})


def forge(path: Path, change: Change) -> None:
    with safe_open(path, framework="pt") as file:
        facts = json.loads(file.metadata()["facts"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    change(facts, tensors)
    save_file(tensors, path, {"kind": "certiscope training", "facts": json.dumps(facts)})


FORGED = RECIPES["sgd"].model_copy(update={"epochs": 3, "check_every": 2, "draws": 1})


@pytest.mark.parametrize("name", CHANGES)
def test_a_forged_state_is_a_sentence(name, tmp_path):
    """What would end the training with an error, or stand on its card, is refused."""
    path = tmp_path / "forged.training"
    trained(FORGED, path, 2)
    forge(path, CHANGES[name])
    with pytest.raises(UserError, match="holds no state of a training that can be resumed; delete"):
        trained(FORGED, path)


def test_accuracy_and_learning_rate_are_not_taken_from_the_file(tmp_path):
    """An accuracy that a file states of its weights is measured again."""
    path, whole = tmp_path / "forged.training", trained(FORGED, tmp_path / "whole.training")

    def better(facts: dict[str, Any], _: dict[str, torch.Tensor]) -> None:
        facts["best"] = [2, 1.0]
        facts["history"][1]["validation"] = 1.0
        facts["groups"], facts["schedule"] = [{"lr": "x"}], {"T_max": 0, "step": "x"}

    trained(FORGED, path, 2)
    forge(path, better)
    found = trained(FORGED, path)
    assert (found.epoch, found.validation_accuracy) == (whole.epoch, whole.validation_accuracy)
    assert found.history[2] == whole.history[2]


@pytest.mark.parametrize("facts", ["[]", "[" * 100_000, '{"history": [], "of": 1}'])
def test_a_state_that_says_nothing_of_itself_stands_nowhere(facts, tmp_path):
    path = tmp_path / "a.training"
    save_file({}, path, {"kind": "certiscope training", "facts": facts})
    assert standing(path) is None
    with pytest.raises(UserError, match="holds no state"):
        trained(FORGED, path)


@pytest.mark.parametrize("epochs", ["1e999", "1"])
def test_a_state_of_more_epochs_than_there_are_stands_nowhere(epochs, tmp_path):
    path = tmp_path / "a.training"
    facts = f'{{"history": [1, 2], "of": {{"recipe": {{"epochs": {epochs}}}}}}}'
    save_file({}, path, {"kind": "certiscope training", "facts": facts})
    assert standing(path) is None


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
