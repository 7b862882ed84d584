from __future__ import annotations

from gui.widgets.elided_combo import ElidedCombo

LONG = "Contrast and brightness, exact map of a small network"


def test_a_long_entry_ends_in_an_ellipsis_and_is_whole_as_a_tip(qtbot):
    box = ElidedCombo()
    qtbot.addWidget(box)
    box.addItems(["Gaussian", LONG])
    box.resize(160, 28)
    box.show()
    assert box.shown() == "Gaussian" and not box.toolTip()
    box.setCurrentIndex(1)
    assert box.shown().endswith("…") and LONG in box.toolTip()
    assert box.currentText() == LONG  # for a screen reader
    assert not box.grab().isNull()
    box.resize(800, 28)
    assert box.shown() == LONG and not box.toolTip()
