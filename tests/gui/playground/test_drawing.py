from __future__ import annotations

import io

import pytest
from PIL import Image
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from gui.playground.page import PlaygroundPage
from gui.playground.rate_view import RateView


@pytest.fixture
def page(qtbot, qapp):
    page = PlaygroundPage()
    qtbot.addWidget(page)
    page.resize(1000, 600)
    page.show()
    page.experiment.hold(on=True)
    page.experiment.step()
    return page


def test_a_drawing_is_saved_in_every_format(page, tmp_path):
    told: list[tuple[str, str]] = []
    page.notice.connect(lambda kind, sentence: told.append((kind, sentence)))
    for fmt in ("png", "svg", "pdf"):
        page.view.save(tmp_path / f"plane.{fmt}")
        assert told[-1] == ("written", str(tmp_path / f"plane.{fmt}"))
    image = Image.open(io.BytesIO((tmp_path / "plane.png").read_bytes()))
    assert image.size == (page.view.width(), page.view.height())
    svg = (tmp_path / "plane.svg").read_text()
    assert "<title>Plane</title>" in svg and svg.rstrip().endswith("</svg>")
    box = PdfReader(tmp_path / "plane.pdf").pages[0].mediabox
    assert float(box.width) / float(box.height) == pytest.approx(
        page.view.width() / page.view.height(), rel=0.01
    )


def test_what_cannot_be_saved_is_told(page, tmp_path):
    told: list[tuple[str, str]] = []
    page.notice.connect(lambda kind, sentence: told.append((kind, sentence)))
    page.view.save(tmp_path / "plane.gif")
    assert told[-1] == ("error", "Cannot save plane.gif: choose .png, .svg or .pdf.")
    page.view.save(tmp_path / "no folder" / "plane.png")
    assert told[-1][0] == "error" and "no folder" in told[-1][1]


def test_the_dialog_saves_what_is_chosen(page, tmp_path):
    page.view.ask_and_save("svg")
    dialog = page.view.findChild(QFileDialog)
    assert "(*.svg)" in dialog.nameFilters()[0]
    dialog.fileSelected.emit(str(tmp_path / "chosen.svg"))
    dialog.close()
    assert "</svg>" in (tmp_path / "chosen.svg").read_text()


def test_ctrl_c_copies_it(page, qtbot):
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(page.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().image().size() == page.view.size()


def test_a_drawing_alone_is_saved_too(qtbot, tmp_path):
    view = RateView("careless", "careful")
    qtbot.addWidget(view)
    view.save(tmp_path / "rates.svg")
    assert "</svg>" in (tmp_path / "rates.svg").read_text()
