from __future__ import annotations

from gui.widgets.counts import count_box


def test_a_count_is_named_grouped_and_kept_in_its_range(qtbot) -> None:
    box = count_box("Votes", 5_000, most=9_000)
    qtbot.addWidget(box)
    assert (box.value(), box.minimum(), box.accessibleName()) == (5_000, 1, "Votes")
    assert box.isGroupSeparatorShown()
    box.setValue(10_000)
    assert box.value() == 9_000
