"""One table of colours and sizes for palette, style sheet and plots."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QWidget

FAMILIES = ("DejaVu Sans", "Noto Sans", "Segoe UI", "Helvetica Neue")
MONO_FAMILIES = ("DejaVu Sans Mono", "Noto Sans Mono", "Consolas", "Menlo")

POINTS = {
    "small": 8.0,
    "body": 9.0,
    "label": 9.0,
    "title": 10.5,
    "headlines": 15.0,
    "headline": 24.0,
}
"""Type sizes in points, before scaling."""

TALK_SCALE = 1.6
"""Type and lines are this much larger in talk mode, on a stage of the size of :data:`STAGE`."""
STAGE = 1280, 720
"""Width and height in pixels of the stage that a talk is made for."""
_LEAST_STAGE = 0.75
"""Of that: on a Full HD screen at 200 % all is as large on the wall as at 100 %."""

# Okabe & Ito (2008), without the blues: the chosen class is drawn in the accent, which is theirs.
CLASS_COLORS = ("#E69F00", "#CC79A7", "#009E73", "#D55E00", "#F0E442", "#8A94A3")
CLASS_PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.HorPattern,
    Qt.BrushStyle.DiagCrossPattern,
)


@dataclass(frozen=True)
class Theme:
    """Colour tokens as ``#RRGGBB``, and the scale of type and lines.

    Attributes:
        window: behind the cards; ``surface``: the cards; ``sunken``: wells and fields in them.
        accent: the one accent: the primary button and the chosen class; ``on_accent`` its text.
        certified, runner_up, warning, danger: meanings, readable as text on a card.
        handle: of scroll bars; ``off``: commands that make no sense now; ``quiet_edge``: of
            buttons that are words only.
        classes: fills for classes other than the chosen one; never used as text.
        line: width of curves in pixels, before scaling.
        scale: of type and lines, in all.
        on_stage: in talk mode.
    """

    name: str
    title: str
    window: str
    surface: str
    sunken: str
    border: str
    grid: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_hover: str
    accent_soft: str
    certified: str
    runner_up: str
    warning: str
    danger: str
    focus: str
    handle: str
    off: str
    dark: bool
    quiet_edge: str = "transparent"
    classes: tuple[str, ...] = CLASS_COLORS
    border_width: int = 1
    radius: int = 10
    line: float = 2.0
    scale: float = 1.0
    on_stage: bool = False

    def points(self, role: str) -> float:
        """Type size of a role of :data:`POINTS`, scaled."""
        return POINTS[role] * self.scale

    def px(self, length: float) -> float:
        """A length in pixels, scaled."""
        return length * self.scale

    def font(self, role: str = "body", *, bold: bool = False, mono: bool = False) -> QFont:
        """The font of a role."""
        font = QFont()
        font.setFamilies(list(MONO_FAMILIES if mono else FAMILIES))
        font.setPointSizeF(self.points(role))
        font.setBold(bold)
        return font

    def class_color(self, index: int, *, chosen: bool = False) -> str:
        """Fill of a class; the chosen one has the accent."""
        return self.accent if chosen else self.classes[index % len(self.classes)]

    def class_pattern(self, index: int, *, chosen: bool = False) -> Qt.BrushStyle:
        """Hatch of a class: the cue that tells classes of one colour apart."""
        turn = index // len(self.classes)
        return CLASS_PATTERNS[0 if chosen else turn % len(CLASS_PATTERNS)]


_TOKENS = {
    "window": ("#EFF2F7", "#0E131A", "#000000"),
    "surface": ("#FFFFFF", "#18202B", "#000000"),
    "sunken": ("#F5F7FA", "#10161F", "#0B0B0B"),
    "border": ("#D3DAE4", "#344152", "#FFFFFF"),
    "grid": ("#E3E8EF", "#283342", "#767676"),
    "text": ("#16202E", "#E9EEF5", "#FFFFFF"),
    "muted": ("#535E6F", "#A5B1C2", "#E3E3E3"),
    "accent": ("#0068A8", "#5BB0EC", "#74C8FF"),
    "on_accent": ("#FFFFFF", "#06131F", "#000000"),
    "accent_hover": ("#00578D", "#86C6F3", "#B5E1FF"),
    "accent_soft": ("#DDECF7", "#1C3A52", "#00304D"),
    "certified": ("#00714F", "#45CFA1", "#58FFC0"),
    "runner_up": ("#A94300", "#F2A05C", "#FFBE7A"),
    "warning": ("#7F5200", "#F0C05A", "#FFE066"),
    "danger": ("#AD231B", "#FF958C", "#FFADA6"),
    "focus": ("#0068A8", "#8CCBFF", "#FFE600"),
    "handle": ("#A9B5C5", "#4E5F76", "#9A9A9A"),
    "off": ("#7A8596", "#76849A", "#8C8C8C"),
    "quiet_edge": ("transparent", "transparent", "#9A9A9A"),
}
"""Every colour in the light, the dark and the high-contrast theme."""


def _theme(place: int, title: str, **more: Any) -> Theme:
    colors: dict[str, Any] = {token: row[place] for token, row in _TOKENS.items()}
    name = title.lower().replace(" ", "-")
    return Theme(name=name, title=title, dark=place > 0, **colors, **more)


LIGHT, DARK = _theme(0, "Light"), _theme(1, "Dark")
HIGH_CONTRAST = _theme(2, "High contrast", border_width=2, line=3.0)
THEMES: dict[str, Theme] = {theme.name: theme for theme in (LIGHT, DARK, HIGH_CONTRAST)}

_INKS = ("text", "muted", "accent", "certified", "runner_up", "warning", "danger")
TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((ink, ground) for ground in ("window", "surface", "sunken") for ink in _INKS),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("text", "accent_soft"),
    ("accent", "accent_soft"),
)
"""Every (text, background) pair of tokens that style sheet, plots and widgets use."""


class ThemeRegistry(QObject):
    """Holds the current theme; ``changed`` tells painted widgets to take it up.

    A widget out of sight in a window that is seen is told when it comes in sight: most plots and
    pages are, and nobody should wait for them.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.current = LIGHT
        self._followers: list[weakref.WeakMethod[Callable[[], None]]] = []
        self._told = LIGHT
        self._late: weakref.WeakKeyDictionary[QWidget, dict[str, Theme]] = (
            weakref.WeakKeyDictionary()
        )
        self.changed.connect(self._tell)

    def follow(self, method: Callable[[], None]) -> None:
        """Call a widget's method at every change, for as long as the widget lives."""
        self._followers.append(weakref.WeakMethod(method))

    @Slot()
    def _tell(self) -> None:
        # a deleted widget's Python half may outlive it, and with it a signal's connection
        living, before = [], self._told
        self._told = self.current
        for follower in self._followers:
            method = follower()
            if method is not None and shiboken6.isValid(getattr(method, "__self__", method)):
                living.append(follower)
                if out_of_sight(getattr(method, "__self__", None)):
                    self._wait_for(method, before)
                else:
                    method()
        self._followers = living

    def _wait_for(self, method: Any, has: Theme) -> None:
        """Note what is to be called once its widget is seen, and which theme it has until then."""
        widget: QWidget = method.__self__
        names = self._late.setdefault(widget, {})
        if not names:
            widget.installEventFilter(self)
        names.setdefault(method.__name__, has)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A widget that missed a change comes in sight."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            watched.removeEventFilter(self)
            for name, has in self._late.pop(watched, {}).items():
                if has != self.current:  # else the theme is back that it missed the end of
                    getattr(watched, name)()
        return False


registry = ThemeRegistry()


def out_of_sight(owner: object) -> bool:
    """Whether this is a hidden part of a window that is seen."""
    if not isinstance(owner, QWidget) or owner.isVisible():
        return False
    return owner.window().isVisible()


def current() -> Theme:
    """The theme in force."""
    return registry.current


def stage_scale(size: tuple[int, int]) -> float:
    """How much larger type and lines are on a stage of this width and height.

    They grow with it: a wall is as large whatever number of pixels is thrown at it.

    >>> [round(stage_scale(s), 2) for s in ((1280, 720), (1920, 1080), (960, 540), (640, 480))]
    [1.6, 2.4, 1.2, 1.2]
    """
    larger = min(length / usual for length, usual in zip(size, STAGE, strict=True))
    # in steps: not with every pixel
    return TALK_SCALE * max(_LEAST_STAGE, math.floor(20 * larger) / 20)


def rgba(color: QColor) -> tuple[int, int, int, int]:
    """Red, green, blue and opacity, each from 0 to 255."""
    return color.red(), color.green(), color.blue(), color.alpha()


def mixed(color: str, ground: str, strength: float) -> QColor:
    """A colour thinned with the ground it lies on."""
    parts = zip(rgba(QColor(color)), rgba(QColor(ground)), strict=True)
    return QColor(*(round(strength * a + (1 - strength) * b) for a, b in parts))


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget one of the style sheet's roles, now or later in its life."""
    if widget.property("role") == role:
        return  # dressing anew costs a tenth of a millisecond, fifteen times a second
    widget.setProperty("role", role)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
