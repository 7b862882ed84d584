import pytest

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.evidence.settings import CertifySettings, ExactSettings, Execution, declared, run_specs
from engine.schemes import DssnL1, Gaussian


def test_defaults_are_the_papers():
    settings = CertifySettings()
    assert (settings.n0, settings.n, settings.alpha, settings.bound) == (
        100,
        100_000,
        0.001,
        "anytime",
    )


def test_scheme_is_kept_with_its_parameters():
    settings = CertifySettings(scheme=Gaussian(sigma=0.7))
    assert settings.model_dump()["scheme"] == {"key": "gaussian", "sigma": 0.7}
    assert CertifySettings.model_validate_json(settings.model_dump_json()) == settings


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"alpha": 0}, "alpha must be greater than 0 (it was 0)."),
        ({"alpha": 1.5}, "alpha must be less than 1 (it was 1.5)."),
        ({"n": 0}, "n must be greater than or equal to 1 (it was 0)."),
        ({"n0": 0}, "n0 must be greater than or equal to 1 (it was 0)."),
        (
            {"bound": "hope"},
            "bound must be 'anytime', 'live', 'anytime-two-class', 'clopper-pearson', "
            "'two-class' or 'two-class-uneven' (it was 'hope').",
        ),
    ],
)
def test_bad_values_are_one_sentence(values: dict, sentence: str):
    with pytest.raises(UserError) as caught:
        checked(CertifySettings, **values)
    assert str(caught.value) == sentence


def test_an_exact_method_declares_nothing_that_is_drawn():
    exact = declared(
        "certify", DssnL1(lam=0.25), {"n": 5, "bound": "live", "seed": 3, "alpha": 0.1}
    )
    assert isinstance(exact, ExactSettings)
    assert (exact.n0, exact.n, exact.bound, exact.alpha) == (127, 127, "enumeration", 0.0)
    assert set(exact.model_dump()) == {"kind", "scheme", "precision", "former"}
    assert [spec.name for spec in run_specs("certify", DssnL1)] == ["precision", "batch", "device"]


@pytest.mark.parametrize(
    ("record", "scheme", "sentence"),
    [
        (
            CertifySettings,
            DssnL1(lam=0.25),
            "dssn-l1 counts all of its noise, so nothing is sampled.",
        ),
        (ExactSettings, Gaussian(), "gaussian draws its noise at random."),
    ],
)
def test_a_law_and_a_record_that_do_not_fit_are_refused(record, scheme, sentence):
    with pytest.raises(UserError) as caught:
        checked(record, scheme=scheme)
    assert str(caught.value) == sentence


def test_an_exact_method_has_no_target():
    with pytest.raises(UserError, match="--target stops early, and dssn-l1 counts all of its"):
        declared("certify", DssnL1(lam=0.25), {"target": "radius=0.1"})


def test_predict_and_decide_declare_what_they_read():
    certify, predict, decide = (
        {spec.name for spec in run_specs(task)} for task in ("certify", "predict", "decide")
    )
    assert certify - predict == {"n0", "bound", "target"}
    assert certify - decide == {"bound", "target"}
    assert set(Execution.model_fields) <= certify & predict & decide
