from __future__ import annotations

from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from gui.jobs.encrypted_jobs import look
from gui.jobs.engine_jobs import Subject
from tests.encrypted import image_file, serving, small


def test_the_page_gets_what_both_sides_have_and_what_a_run_takes(tmp_path):
    with serving(small()) as address:
        request = ModelRequest(address.spec)
        classifier = load_model(request)
        given = fitted(classifier, load_input(str(image_file(tmp_path / "x.png"))))
        found = look(Subject(classifier, request, given))
        classifier.unload()
    assert found.model == "fake" and len(found.sight.numbers) == 3
    assert "128-bit security" in found.security and "Depth 3" in found.cost(1000)
