from __future__ import annotations

from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from gui.jobs.encrypted_jobs import cost, look
from gui.jobs.engine_jobs import Subject
from tests.encrypted import image_file, serving, small
from tests.fakes import HalfSpace


def test_the_page_gets_what_both_sides_have(tmp_path):
    with serving(small()) as address:
        request = ModelRequest(address.spec)
        classifier = load_model(request)
        given = fitted(classifier, load_input(str(image_file(tmp_path / "x.png"))))
        found = look(Subject(classifier, request, given))
        classifier.unload()
    assert len(found.sight.numbers) == 3


def test_what_a_run_takes_is_known_before_anything_is_sent():
    with serving(small()) as address:
        classifier = load_model(ModelRequest(address.spec))
        found = cost(classifier, 1000)
        assert found.startswith("fake: ring 8,192, modulus 218 of 218 bits (128-bit security)")
        assert "Depth 3" in found and "GiB of memory and 1 s on two cores." in found
        assert classifier.client.traffic.batches == 0
        classifier.unload()
    assert cost(None, 1000) == "" == cost(HalfSpace(0.3), 1000)
