from __future__ import annotations

from PySide6.QtGui import QAction

from gui.pages.preview import Preview
from gui.shell.commands import COMMANDS


def test_pages_are_shown_and_every_format_can_be_saved(qtbot, make, idle_session):
    actions = {command.id: QAction(command.title) for command in COMMANDS}
    preview = Preview(idle_session.exports, actions)
    qtbot.addWidget(preview)
    assert preview.subtitle.text() == "Making the pages…"
    preview.show_pages([make.png(), make.png()])
    assert preview.subtitle.text() == "2 pages, as they will be printed"
    assert [label.accessibleName() for label in preview._labels] == ["Page 1", "Page 2"]
    for row, fmt in enumerate(("pdf", "html", "csv", "json")):
        with qtbot.waitSignal(actions[f"export-{fmt}"].triggered):
            preview.buttons.itemAt(row).widget().click()
    preview.show_pages([make.png()])
    assert preview.subtitle.text() == "1 page, as they will be printed"
    preview.wait()
    assert not preview.pages


def test_pages_follow_the_width(qtbot, make, idle_session):
    actions = {command.id: QAction(command.title) for command in COMMANDS}
    preview = Preview(idle_session.exports, actions)
    qtbot.addWidget(preview)
    preview.resize(500, 400)
    preview.show()
    preview.show_pages([make.png()])
    assert preview._labels[0].pixmap().width() <= 500
