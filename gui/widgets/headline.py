"""The number of a result in large type, which never breaks in its middle."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF, QResizeEvent

from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.section import Words

_LONG = 14
"""Letters of a headline in one line of the largest type."""


def headline_lines(text: str) -> str:
    r"""The number of a result as lines for large type, each as short as its words allow.

    >>> headline_lines("R = 0.633"), headline_lines("1 row: 0.612, 3 rows: 0.281")
    ('R = 0.633', '1 row: 0.612\\n3 rows: 0.281')
    >>> headline_lines("brightness -0.031 to 0.045")
    'brightness\\n-0.031 to 0.045'
    """
    lines = text.replace(", ", "\n").replace(" or ", " or\n")
    name, _, rest = lines.partition(" ")
    whole = "\n" in lines or len(lines) <= _LONG or not name.isalpha()
    return lines if whole else f"{name}\n{rest}"


class Headline(Words):
    """One short line in the largest type; smaller where it is longer, or wider than its place.

    A line that has no room in smaller type either goes on after its first word, not in a number.
    """

    def __init__(self) -> None:
        super().__init__("")
        self._lines = ""
        set_role(self, "headline")
        themes.registry.follow(self.fit)

    def show_number(self, text: str) -> None:
        """Show what is certified; an empty text takes no room."""
        lines = headline_lines(text)
        if lines != self._lines:
            self._lines = lines
            self.fit()
        self.setVisible(bool(lines))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for another size."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Take the largest type that there is room for."""
        lines = self._lines.split("\n")
        large = (
            len(lines) == 1 and len(self._lines) <= _LONG and self._has_room(lines[0], "headline")
        )
        role = "headline" if large else "headlines"
        set_role(self, role)
        shown = (line if self._has_room(line, role) else _parted(line) for line in lines)
        if (text := "\n".join(shown)) != self.text():
            self.setText(text)

    def _has_room(self, line: str, role: str) -> bool:
        metrics = QFontMetricsF(themes.current().font(role, bold=True))
        return metrics.horizontalAdvance(line) <= self.width()


def _parted(line: str) -> str:
    name, _, rest = line.partition(" ")
    return f"{name}\n{rest}" if name.isalpha() and len(name) > 1 and rest else line
