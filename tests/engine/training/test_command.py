import shlex

import pytest

from engine.schemes import Gaussian
from engine.schemes.ablation import Ablation
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from engine.training import command
from engine.training.command import main


@pytest.fixture
def made(monkeypatch):
    """Orders that were given instead of being carried out."""
    orders = []
    monkeypatch.setattr(command, "make", lambda order, out: orders.append(order) or out)
    return orders


def test_every_model_has_the_command_that_makes_it(made):
    main([])
    main(["--scheme", "ablation", "--entities", "64", "--keep", "20", "--epochs", "7"])
    for order in list(made):
        made.clear()
        program, *words = order.command.split(" -m engine.training ")
        assert program == "python" and order.certified == 400
        main(shlex.split(words[0]))
        (again,) = made
        assert (again.name, again.recipe, again.arch) == (order.name, order.recipe, order.arch)


def test_one_model_of_a_scheme_with_its_parameters(made):
    main(
        [
            "--scheme",
            "hierarchical-gaussian",
            "--sigma",
            "0.5",
            "--p",
            "0.9",
            "--epochs",
            "3",
            "--seed",
            "4",
        ]
    )
    (order,) = made
    assert order.recipe.scheme == HierarchicalGaussian(sigma=0.5, p=0.9)
    assert (order.recipe.epochs, order.recipe.seed) == (3, 4)
    assert order.name == "digits-hierarchical-gaussian"
    assert order.command == (
        "python -m engine.training --scheme hierarchical-gaussian --p 0.9 --sigma 0.5 --epochs 3 "
        "--seed 4"
    )


def test_several_sigmas_are_several_models(made):
    main(["--sigma", "0.25", "--sigma", "1"])
    assert [order.name for order in made] == ["digits-0.25", "digits-1.00"]
    assert [order.recipe.scheme for order in made] == [Gaussian(sigma=0.25), Gaussian(sigma=1.0)]


def test_the_other_form_of_ablation(made):
    main(["--scheme", "ablation", "--entities", "64", "--keep", "20"])
    assert made[0].recipe.scheme == Ablation(entities=64, keep=20)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--scheme ablation --sigma 0.5", "--sigma is not a parameter of ablation."),
        ("--keep 5", "--keep is not a parameter of gaussian."),
        ("--sigma -1", "sigma must be greater than 0 .it was -1.0.."),
    ],
)
def test_what_does_not_belong_together_is_refused(words, sentence, made):
    with pytest.raises(SystemExit, match=sentence):
        main(words.split())
