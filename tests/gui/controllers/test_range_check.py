from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.schemes import Gaussian, Rotation
from gui.controllers import range_check, spare_time

PAUSE_MS = 20
SENTENCE = "Without noise the base model gives this image another class under rotation by +7."


@pytest.fixture
def asked(monkeypatch):
    """The ranges that were asked about; each is lost at seven degrees, or as is put here."""
    monkeypatch.setattr(spare_time, "PAUSE_MS", PAUSE_MS)
    found = {"ranges": [], "answer": (SENTENCE,)}

    def along_the_range(subject, settings):
        found["ranges"].append(settings.scheme.degrees)
        if isinstance(found["answer"], Exception):
            raise found["answer"]
        return found["answer"]

    monkeypatch.setattr(range_check, "along_the_range", along_the_range)
    return found


def warnings(window) -> list[str]:
    return [one.sentence for one in window.notices.notices if one.kind == "warning"]


def put(window, scheme) -> None:
    window.left.settings.show_scheme(scheme)
    window.left.attacker.show_scheme(type(scheme))


def test_what_speaks_against_a_range_is_said_before_its_run(asked, loaded, qtbot):
    assert SENTENCE not in warnings(loaded)
    put(loaded, Rotation(sigma=0.25, degrees=30.0))
    qtbot.waitUntil(lambda: SENTENCE in warnings(loaded))
    loaded.left.settings.put(n=5_000)  # the range is the same: it is not asked about again
    qtbot.wait(10 * PAUSE_MS)
    assert SENTENCE in warnings(loaded) and asked["ranges"] == [30.0]
    put(loaded, Rotation(sigma=0.25, degrees=3.0))
    asked["answer"] = ()
    qtbot.waitUntil(lambda: asked["ranges"] == [30.0, 3.0])
    qtbot.waitUntil(lambda: SENTENCE not in warnings(loaded))
    put(loaded, Gaussian(sigma=0.25))
    qtbot.wait(10 * PAUSE_MS)
    assert len(asked["ranges"]) == 2 and not loaded.session.range_check.sentences


def test_a_model_that_fails_is_not_asked_for_ever(asked, loaded, qtbot):
    asked["answer"] = UserError("It broke.")
    put(loaded, Rotation(sigma=0.25, degrees=30.0))
    qtbot.waitUntil(lambda: asked["ranges"] == [30.0])
    qtbot.wait(10 * PAUSE_MS)
    assert asked["ranges"] == [30.0] and not loaded.session.range_check.sentences
    assert not [one for one in loaded.notices.notices if one.kind == "error"]
