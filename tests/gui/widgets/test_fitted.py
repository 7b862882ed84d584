from __future__ import annotations

from PySide6.QtGui import QFontMetricsF

from gui.style import theme as themes
from gui.widgets.fitted import FittedLabel


def widest(label):
    metrics = QFontMetricsF(label.font())
    return max(metrics.horizontalAdvance(line) for line in label.text().split("\n"))


def test_every_line_fits_in_the_largest_type_there_is_room_for(qapp, qtbot):
    label = FittedLabel("What is certified")
    qtbot.addWidget(label)
    label.show()
    sizes = []
    for text in ("R = 0.633", "1 row: 0.612\n3 rows: 0.281", "brightness\n-0.031 to 0.045"):
        label.setText(text)
        for width in (200, 400, 800):
            label.resize(width, 300)
            assert 0.8 * width < widest(label) <= width or (
                label.font().pointSizeF() >= 2 * themes.current().points("headline")
            )
            sizes.append(label.font().pointSizeF())
    assert sizes[0] < sizes[1] <= sizes[2]
    assert label.accessibleName() == "What is certified"
