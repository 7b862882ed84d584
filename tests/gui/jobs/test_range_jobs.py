from __future__ import annotations

from engine.evidence.settings import CertifySettings, SweepSettings
from engine.inputs import fit, load_input
from engine.models import load_model
from engine.models.request import ModelRequest
from engine.schemes import Gaussian, Rotation
from gui.jobs.engine_jobs import Subject
from gui.jobs.range_jobs import along_the_range


def subject_of(spec: str, given: str) -> Subject:
    request = ModelRequest(spec)
    classifier = load_model(request)
    return Subject(classifier, request, fit(load_input(given), classifier.identity))


def test_a_range_on_which_the_model_changes_its_class_is_told():
    subject = subject_of("demo:digits-clean", "digits16:52")
    wide = SweepSettings(scheme=Rotation(sigma=0.25, degrees=180.0))
    (said,) = along_the_range(subject, wide)
    assert "another class under rotation by" in said
    assert along_the_range(subject, CertifySettings(scheme=Gaussian(sigma=0.5))) == ()
    subject.classifier.identity = subject.classifier.identity.model_copy(
        update={"source": "encrypted:127.0.0.1:7707"}
    )
    assert along_the_range(subject, wide) == ()
