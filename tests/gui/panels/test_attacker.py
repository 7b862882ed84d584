from __future__ import annotations

from engine.schemes import SCHEMES
from gui.panels.attacker import AttackerPanel


def test_the_catalogue_is_offered_and_explained(qtbot):
    panel = AttackerPanel()
    qtbot.addWidget(panel)
    assert panel.box.count() == len(SCHEMES)
    for index, scheme in enumerate(SCHEMES):
        panel.box.setCurrentIndex(index)
        with qtbot.waitSignal(panel.chosen) as chosen:
            panel.box.activated.emit(index)
        assert chosen.args == [scheme]
        assert panel.sentence.text() == f"{scheme.attacker}."
        assert panel.source.text() == scheme.citation
        assert panel.scheme() is scheme
