from __future__ import annotations

import pytest
from PySide6.QtGui import QImage

from engine.core.errors import UserError
from engine.models.request import ModelRequest
from gui.shell.demo import Demo

REQUEST = ModelRequest("demo:digits-0.25")


@pytest.fixture
def demo(window, tmp_path):
    return Demo(window, tmp_path / "out", REQUEST, "digits:52")


@pytest.mark.thorough
def test_it_leaves_report_evidence_and_image(demo, qtbot, tmp_path, capsys):
    with qtbot.waitSignal(demo.finished, timeout=10_000):
        demo.start()
    assert demo.complete
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "demo.json",
        "demo.pdf",
        "demo.png",
    ]
    assert (tmp_path / "out" / "demo.png").read_bytes().startswith(b"\x89PNG")
    assert "Wrote demo.pdf, demo.json and demo.png" in capsys.readouterr().out


@pytest.mark.thorough
def test_the_image_is_large_enough_however_small_the_window(demo, window, qtbot, tmp_path):
    window.resize(820, 620)
    size = window.size()
    with qtbot.waitSignal(demo.finished, timeout=10_000):
        demo.start()
    image = QImage(str(tmp_path / "out" / "demo.png"))
    assert (image.width(), image.height()) >= (1280, 800)
    assert window.size() == size


@pytest.mark.thorough
def test_the_image_is_taken_after_region_and_examples(demo, window, qtbot):
    with qtbot.waitSignal(demo.finished, timeout=10_000):
        demo.start()
    assert window.pages.explore.region.figure is not None
    assert window.pages.explore.examples.figure is not None


@pytest.mark.thorough
def test_an_error_ends_it_with_its_sentence(demo, engine, qtbot, capsys):
    engine.fail["export pdf"] = UserError("Cannot write demo.pdf: the disk is full.")
    with qtbot.waitSignal(demo.finished, timeout=10_000):
        demo.start()
    assert not demo.complete
    assert "certiscope: Cannot write demo.pdf: the disk is full." in capsys.readouterr().err


def test_a_missing_model_ends_it_too(demo, engine, qtbot):
    engine.fail["load_model"] = UserError("There is no such model.")
    with qtbot.waitSignal(demo.finished, timeout=10_000):
        demo.start()
    assert not demo.complete
