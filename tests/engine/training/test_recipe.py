import pytest

from engine.core.errors import UserError
from engine.core.fields import checked, field_specs
from engine.schemes import Gaussian
from engine.schemes.ablation import Ablation
from engine.training.methods.macer import Macer
from engine.training.recipe import Recipe


def test_comes_back_from_json_with_its_method_and_scheme():
    recipe = Recipe(scheme=Gaussian(sigma=0.5), method=Macer(m=4), epochs=3)
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe
    assert recipe.model_dump()["method"]["key"] == "macer"


def test_a_form_asks_for_everything_but_scheme_and_method():
    names = {spec.name for spec in field_specs(Recipe)}
    assert names == set(Recipe.model_fields) - {"scheme", "method"}


def test_a_method_is_refused_whose_noise_it_is_not():
    with pytest.raises(UserError, match="macer maximises the radius of Gaussian"):
        Recipe(scheme=Ablation(), method=Macer())
    with pytest.raises(UserError, match="epochs must be greater than or equal to 1"):
        checked(Recipe, scheme=Gaussian(), epochs=0)
