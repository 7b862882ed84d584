import pytest
import torch

from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.procedures.run import Run, clean_prediction, run_key, setting_warnings
from tests.fakes import HalfSpace, finish, fitted, identity


def test_the_key_follows_what_is_certified_and_not_how():
    one = run_key(HalfSpace(0.3), fitted(), CertifySettings())
    assert one == run_key(HalfSpace(0.3), fitted(), CertifySettings(n=5, alpha=0.5))
    assert one != run_key(HalfSpace(0.3), fitted(), CertifySettings(seed=1))
    assert one != run_key(
        HalfSpace(0.3), fitted(), CertifySettings(scheme={"key": "gaussian", "sigma": 1})
    )


def test_runs_have_ids_of_their_own():
    settings = CertifySettings(n0=1, n=1)
    assert (
        Run(HalfSpace(0.3), fitted(), settings).run_id
        != Run(HalfSpace(0.3), fitted(), settings).run_id
    )


def test_clean_prediction():
    assert clean_prediction(HalfSpace(0.3), fitted(0.0), torch.device("cpu")) == 0
    assert clean_prediction(HalfSpace(0.3), fitted(0.9), torch.device("cpu")) == 1


def test_a_model_that_fails_at_the_end_loses_no_votes():
    class Late(HalfSpace):
        """Fails on the input without noise."""

        def scores(self, batch):
            if len(batch) == 1 and bool((batch == 0).all()):
                raise RuntimeError("no such image.")
            return super().scores(batch)

    found = finish(certify(Late(0.3), fitted(0.0), CertifySettings(n0=10, n=200)))
    assert found.estimation.n == 200
    assert "Without noise the base model fails: no such image." in found.warnings


def test_no_warning_when_the_training_noise_matches_or_is_unknown():
    classifier = HalfSpace(0.3)
    assert setting_warnings(classifier, CertifySettings()) == ()
    classifier.identity = identity(training_sigma=0.25)
    assert setting_warnings(classifier, CertifySettings()) == ()


@pytest.mark.parametrize("key", ["ablation", "hierarchical-gaussian", "hierarchical-ablation"])
def test_a_model_that_is_not_told_what_was_noised_is_sound_but_weaker(key: str):
    classifier, settings = HalfSpace(0.3), CertifySettings(scheme={"key": key})
    (warning,) = setting_warnings(classifier, settings)
    assert warning == (
        "The base model is not told which parts of its input were noised (its encoding is plain): "
        "the claim is weaker than it could be, but sound."
    )
    encoding = "complement" if key == "ablation" else "indicator"
    classifier.identity = identity(encoding=encoding, input_shape=(2, 8, 8))
    assert setting_warnings(classifier, settings) == ()


def test_noise_on_the_scale_of_0_to_255_is_asked_about():
    for sigma, said in ((64.0, "64/255 (0.251)"), (12.0, "12/255 (0.0471)"), (3.5, "")):
        scheme = {"key": "gaussian", "sigma": sigma}
        warnings = setting_warnings(HalfSpace(0.3), CertifySettings(scheme=scheme))
        asked = [one for one in warnings if "did you mean" in one]
        assert [f"did you mean {said}?" in one for one in asked] == [True] * bool(said)


def test_a_model_of_another_scheme_is_named_with_both_laws():
    classifier = HalfSpace(0.3)
    classifier.identity = identity(training_scheme={"key": "ablation", "entities": 64, "keep": 20})
    (warning,) = setting_warnings(classifier, CertifySettings())
    told = "with other noise (ablation: 20 of 64 pixels or nodes kept, all others taken away) than"
    assert f"{told} this run's (Gaus" in warning


def test_a_scale_of_another_law_is_not_compared_with_the_training_sigma():
    classifier = HalfSpace(0.3)
    classifier.identity = identity(training_sigma=0.25)
    for scheme in ({"key": "laplace", "lam": 0.25}, {"key": "brightness", "sigma_b": 0.25}):
        (warning,) = setting_warnings(classifier, CertifySettings(scheme=scheme))
        assert warning.startswith(
            "The model was trained with Gaussian noise, sigma 0.25, but this run's noise is another"
        )
