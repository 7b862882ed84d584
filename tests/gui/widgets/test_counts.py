from __future__ import annotations

from pathlib import Path

from gui.widgets.counts import count_box

GUI = Path(__file__).resolve().parents[3] / "gui"


def test_a_count_is_named_grouped_and_kept_in_its_range(qtbot) -> None:
    box = count_box("Votes", 5_000, most=9_000)
    qtbot.addWidget(box)
    assert (box.value(), box.minimum(), box.accessibleName()) == (5_000, 1, "Votes")
    assert box.isGroupSeparatorShown()
    box.setValue(10_000)
    assert box.value() == 9_000


def test_digits_of_every_box_keep_off_its_border(qtbot) -> None:
    box = count_box("Votes", 5_000)
    qtbot.addWidget(box)
    assert box.lineEdit().textMargins().left() >= 4
    made = {
        f"{path.name}: {line.strip()}"
        for path in GUI.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "SpinBox(" in line and "indented(" not in line and "= Q" in line
    }
    assert made == set()
