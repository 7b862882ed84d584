import pytest

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.evidence.settings import (
    CertifySettings,
    ExactSettings,
    Execution,
    declared,
    hashed,
    run_specs,
    seed_in_words,
    seeded,
)
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
        ({"alpha": 0}, "alpha must be greater than or equal to 1e-30 (it was 0)."),
        ({"alpha": 1.5}, "alpha must be less than 1 (it was 1.5)."),
        ({"n": 0}, "n must be greater than or equal to 1 (it was 0)."),
        ({"n0": 0}, "n0 must be greater than or equal to 1 (it was 0)."),
        (
            {"bound": "hope"},
            "bound must be 'anytime', 'live', 'anytime-two-class', 'clopper-pearson', "
            "'two-class', 'two-class-uneven', 'multi-class', 'anytime-multi-class' or 'soft' "
            "(it was 'hope').",
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
            "dssn-l1 is exact, so no claim of it rests on samples.",
        ),
        (ExactSettings, Gaussian(), "gaussian draws its noise at random."),
    ],
)
def test_a_law_and_a_record_that_do_not_fit_are_refused(record, scheme, sentence):
    with pytest.raises(UserError) as caught:
        checked(record, scheme=scheme)
    assert str(caught.value) == sentence


def test_an_exact_method_has_no_target():
    with pytest.raises(UserError, match="--target stops early, and dssn-l1 is exact"):
        declared("certify", DssnL1(lam=0.25), {"target": "radius=0.1"})


def test_predict_and_decide_declare_what_they_read():
    certify, predict, decide = (
        {spec.name for spec in run_specs(task)} for task in ("certify", "predict", "decide")
    )
    assert certify - predict == {"n0", "bound", "target"}
    assert certify - decide == {"bound", "target"}
    assert set(Execution.model_fields) <= certify & predict & decide


@pytest.mark.parametrize("task", ["certify", "predict", "decide"])
def test_a_seed_that_nobody_gives_is_drawn_once_and_says_so(task):
    asked = declared(task, Gaussian(), {"target": "radius=0.1"} if task == "decide" else {})
    assert asked.seed is None
    with pytest.raises(ValueError, match="drawn before the run"):
        hashed(asked)
    found = [seeded(asked) for _ in range(100)]
    assert len({one.seed for one in found}) == 100
    assert max(one.seed for one in found) > 2**55 and all(0 <= one.seed < 2**63 for one in found)
    assert {one.seed_origin for one in found} == {"drawn"}
    assert seeded(found[0]) == found[0]
    assert seed_in_words(found[0]) == f"{found[0].seed} (drawn before the run)"
    given = seeded(declared(task, Gaussian(), {"seed": 7, "target": "radius=0.1"}))
    assert (given.seed, given.seed_origin, seed_in_words(given)) == (7, "given", "7 (given)")


def test_what_is_counted_whole_has_no_seed():
    exact = declared("certify", DssnL1(), {"seed": 3})
    assert seeded(exact) == exact


def test_a_seed_of_an_older_file_has_no_origin():
    assert seed_in_words(CertifySettings.model_validate({"seed": 5})) == "5"


def test_forms_and_flags_leave_the_seed_fresh():
    (seed,) = (spec for spec in run_specs("certify") if spec.name == "seed")
    assert (seed.default, seed.optional, seed.unset) == (None, True, "fresh")
