from __future__ import annotations

import pytest

from engine.evidence.settings import CertifySettings
from engine.schemes import Gaussian
from gui.controllers.warnings import differences, wrong_without_noise


def test_what_changed_in_the_form_is_named(make):
    evidence = make.evidence(CertifySettings())
    assert differences(evidence.settings, CertifySettings()) == []
    assert differences(evidence.settings, CertifySettings(scheme=Gaussian(sigma=0.5), n=10)) == [
        "sigma",
        "n",
    ]


@pytest.mark.parametrize(
    ("answer", "said"), [(7, ""), (None, ""), (1, "predicts '1'"), (-1, "predicts 'no class'")]
)
def test_an_answer_that_is_not_the_label_is_said(make, answer, said):
    image = make.fitted(make.image("digits:7")).identity
    found = wrong_without_noise(make.model(), image, answer)
    assert bool(found) is bool(said)
    assert not said or said in found[0]


def test_without_a_label_there_is_nothing_to_say(make):
    image = make.fitted(make.image("digits:7")).identity
    unlabelled = image.model_copy(update={"label": None})
    assert not wrong_without_noise(make.model(), unlabelled, 1)
