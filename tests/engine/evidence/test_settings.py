import pytest

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.evidence.settings import RunSettings
from engine.schemes import DssnL1, Gaussian


def test_defaults_are_the_papers():
    settings = RunSettings()
    assert (settings.n0, settings.n, settings.alpha, settings.bound) == (
        100,
        100_000,
        0.001,
        "live",
    )


def test_scheme_is_kept_with_its_parameters():
    settings = RunSettings(scheme=Gaussian(sigma=0.7))
    assert settings.model_dump()["scheme"] == {"key": "gaussian", "sigma": 0.7}
    assert RunSettings.model_validate_json(settings.model_dump_json()) == settings


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"alpha": 0}, "alpha must be greater than 0 (it was 0)."),
        ({"alpha": 1.5}, "alpha must be less than 1 (it was 1.5)."),
        ({"n": 0}, "n must be greater than or equal to 1 (it was 0)."),
        ({"n0": 0}, "n0 must be greater than or equal to 1 (it was 0)."),
        (
            {"bound": "hope"},
            "bound must be 'live', 'anytime', 'anytime-two-class', 'clopper-pearson', "
            "'two-class', 'two-class-uneven' or 'enumeration' (it was 'hope').",
        ),
    ],
)
def test_bad_values_are_one_sentence(values: dict, sentence: str):
    with pytest.raises(UserError) as caught:
        checked(RunSettings, **values)
    assert str(caught.value) == sentence


def test_an_enumerated_law_settles_how_many_votes_are_counted():
    settled = RunSettings(scheme=DssnL1(lam=0.25), n=5, bound="live")
    assert (settled.n0, settled.n, settled.bound) == (127, 127, "enumeration")


def test_a_sampled_law_cannot_be_enumerated():
    with pytest.raises(UserError) as caught:
        checked(RunSettings, bound="enumeration")
    assert str(caught.value) == (
        "--bound enumeration is for schemes whose noise can be counted whole."
    )
