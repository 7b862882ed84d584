import shlex
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.schemes import Gaussian
from engine.schemes.ablation import Ablation
from engine.training.methods.consistency import Consistency
from engine.training.ordering import (
    command_of,
    data_of,
    method_of,
    name_of,
    order_of,
    placed,
    recipe_of,
)

ASKED = {"data": "digits", "method": "consistency", "weight": 3.0, "epochs": 7, "seed": 2}


def test_an_order_has_what_was_asked_for_and_defaults_for_the_rest():
    order = order_of(ASKED, Gaussian(sigma=0.5))
    assert order.recipe.method == Consistency(weight=3.0)
    assert (order.recipe.epochs, order.recipe.seed, order.recipe.batch) == (7, 2, 128)
    assert (order.arch, order.name) == ("digits_cnn", "digits-consistency-0.50")
    assert (order.certified, order.watched, order.device) == (100, 20, "cpu")
    assert order_of({**ASKED, "certify": 0, "watch": 0, "name": "n"}, Gaussian()).name == "n"


def test_colour_images_have_the_defaults_of_the_papers():
    recipe = recipe_of({"data": "cifar10:x"}, Gaussian(), method_of({}))
    assert (recipe.optimizer, recipe.learning_rate, recipe.epochs, recipe.batch) == (
        "sgd",
        0.1,
        90,
        256,
    )
    assert recipe_of({"data": "cifar10:x", "epochs": 2}, Gaussian(), method_of({})).epochs == 2


def test_the_command_on_the_card_makes_the_same_recipe():
    scheme = Gaussian(sigma=0.5)
    words = shlex.split(order_of(ASKED, scheme).command)
    assert words[:2] == ["certiscope", "train"]
    given = dict(zip(words[2::2], words[3::2], strict=True))
    assert given == {
        "--data": "digits",
        "--arch": "digits_cnn",
        "--method": "consistency",
        "--weight": "3.0",
        "--scheme": "gaussian",
        "--sigma": "0.5",
        "--epochs": "7",
        "--seed": "2",
    }


def test_no_command_holds_the_place_of_a_folder():
    asked = {"data": "cifar10:/home/somebody/my data"}
    recipe = recipe_of(asked, Gaussian(), method_of(asked))
    assert "--data cifar10:'my data' --arch a" in command_of(asked, recipe, "a")
    assert name_of("x", recipe_of(asked, Ablation(), method_of({}))) == "x-gaussian-ablation"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            {"method": "gaussian", "weight": 1.0},
            "--weight belongs to stability, macer, consistency",
        ),
        ({"method": "macer", "eta": 1.0}, "macer takes --weight, --beta, --gamma, --m"),
        ({"method": "magic"}, "There is no training method 'magic'"),
        ({"epochs": -1}, "epochs must be greater than or equal to 1"),
        ({"method": "smoothadv", "epsilon": -1.0}, "epsilon must be greater than 0"),
    ],
)
def test_what_does_not_fit_is_a_sentence(asked, sentence):
    with pytest.raises(UserError, match=sentence):
        order_of({"data": "digits", **asked}, Gaussian())


def test_data_that_are_not_there_are_a_sentence(tmp_path):
    with pytest.raises(UserError, match="There is no folder"):
        data_of(str(tmp_path / "nowhere"))
    with pytest.raises(UserError):
        data_of(f"cifar10:{tmp_path}")


def test_out_is_a_folder_or_the_file_of_weights():
    assert placed(Path("out"), "n") == (Path("out"), "n")
    assert placed(Path("a/b.safetensors"), "") == (Path("a"), "b")
    assert placed(Path("b.safetensors"), "b") == (Path(), "b")
    with pytest.raises(UserError, match="names the file of weights itself; leave --name out"):
        placed(Path("b.safetensors"), "c")
