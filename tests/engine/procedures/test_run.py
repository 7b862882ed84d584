import torch

from engine.procedures.run import Run, clean_prediction, run_key, setting_warnings
from engine.settings import RunSettings
from tests.fakes import HalfSpace, fitted, identity


def test_the_key_follows_what_is_certified_and_not_how():
    one = run_key(HalfSpace(0.3), fitted(), RunSettings())
    assert one == run_key(HalfSpace(0.3), fitted(), RunSettings(n=5, batch=7, alpha=0.5))
    assert one != run_key(HalfSpace(0.3), fitted(), RunSettings(seed=1))
    assert one != run_key(
        HalfSpace(0.3), fitted(), RunSettings(scheme={"key": "gaussian", "sigma": 1})
    )


def test_runs_have_ids_of_their_own():
    settings = RunSettings(n0=1, n=1)
    assert (
        Run(HalfSpace(0.3), fitted(), settings).run_id
        != Run(HalfSpace(0.3), fitted(), settings).run_id
    )


def test_clean_prediction():
    assert clean_prediction(HalfSpace(0.3), fitted(0.0), torch.device("cpu")) == 0
    assert clean_prediction(HalfSpace(0.3), fitted(0.9), torch.device("cpu")) == 1


def test_no_warning_when_the_training_noise_matches_or_is_unknown():
    classifier = HalfSpace(0.3)
    assert setting_warnings(classifier, RunSettings()) == ()
    classifier.identity = identity(training_sigma=0.25)
    assert setting_warnings(classifier, RunSettings()) == ()
