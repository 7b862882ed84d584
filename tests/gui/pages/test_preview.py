from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton

from gui.pages.preview import Preview
from gui.shell.commands import COMMANDS
from gui.style.stylesheet import apply_theme
from gui.style.theme import STAGE


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


def test_on_stage_the_pages_have_all_the_room(qtbot, idle_session, qapp):
    actions = {command.id: QAction(command.title) for command in COMMANDS}
    preview = Preview(idle_session.exports, actions)
    qtbot.addWidget(preview)
    apply_theme(qapp, "light", scale=1.3, stage=STAGE)
    assert [button.isHidden() for button in preview.saves] == [False, True, True, True]
    assert preview.form.isHidden() and preview.minimumSizeHint().width() < 800
    apply_theme(qapp, "light")
    assert not preview.form.isHidden() and not any(map(QPushButton.isHidden, preview.saves))


def test_the_pages_in_sight_are_those_that_would_be_saved(loaded, engine, qtbot):
    """An attack may refute what they say, and the map comes after the result."""
    session, preview = loaded.session, loaded.pages.preview
    session.runs.certify()
    qtbot.waitUntil(lambda: session.runs.evidence is not None and not session.worker.busy())
    loaded.commands["preview"].trigger()
    qtbot.waitUntil(lambda: not session.worker.busy())
    made = engine.calls.count("preview")
    assert made >= 1 and preview.pages
    shown = session.runs.evidence
    session.runs.replace(shown, shown.model_copy(update={"statement": "refuted"}))
    assert not preview.pages
    qtbot.waitUntil(lambda: not session.worker.busy())
    assert engine.calls.count("preview") == made + 1 and preview.pages
    session.illustrator.choose_axes(session.illustrator.axes)
    qtbot.waitUntil(lambda: not session.worker.busy())
    assert engine.calls.count("preview") == made + 2
    session.loading.open_input("digits:3")
    qtbot.waitUntil(lambda: session.runs.evidence is None and not session.worker.busy())
    assert not preview.pages and preview.subtitle.text().startswith("No result")
    loaded.pages.show_explore()
    made = engine.calls.count("preview")
    session.runs.certify()
    qtbot.waitUntil(lambda: session.runs.evidence is not None and not session.worker.busy())
    assert engine.calls.count("preview") == made
