"""The one style sheet, made from theme tokens.

Roles are given with ``gui.style.theme.set_role``: ``title``, ``section``, ``muted``, ``small``,
``headline``, ``headlines``, ``badge``, ``badge-sound``, ``mono``, ``certified``, ``abstained``,
``provisional`` for labels; ``primary``, ``quiet`` for buttons; ``well``, ``bar`` (top and bottom
strips), ``error`` and ``notice`` for frames; ``plain`` for tables in a card.
"""

from __future__ import annotations

from dataclasses import replace
from string import Template

import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from engine.core.resources import assets
from engine.system.memory import without_collection
from gui.style.theme import LIGHT, THEMES, Theme, registry, stage_scale

_DRESSED = "dressed"
"""Property of an application that has its style."""
_SEEN = "dressed-in-its-room"
"""Property of a widget that was in its room when that was passed over."""
_FRAMED = ("pad", "wide_pad", "field_pad")
"""Room about the words of what can have the focus."""
_TYPES = ("small", "body", "title", "headlines", "headline")
"""Sizes of type that the sheet takes from the theme."""

_TEMPLATE = Template("""
QSplitter::handle { background: transparent; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QToolTip {
    background: $surface; color: $text; border: 1px solid $border; padding: 4px;
    font-size: ${small}pt;
}
Card {
    background: $surface; border: ${edge}px solid $border; border-radius: ${radius}px;
}
Card:focus { border: 2px solid $focus; }
QLabel { background: transparent; border: none; }
QLabel[role="title"] { font-size: ${title}pt; font-weight: bold; }
QLabel[role="section"] { font-size: ${small}pt; font-weight: bold; color: $muted; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="small"] { color: $muted; font-size: ${small}pt; }
QLabel[role="headline"] { font-size: ${headline}pt; font-weight: bold; }
QLabel[role="headlines"] { font-size: ${headlines}pt; font-weight: bold; }
QLabel[role="certified"] { color: $certified; font-weight: bold; font-size: ${body}pt; }
QLabel[role="abstained"] { color: $runner_up; font-weight: bold; font-size: ${body}pt; }
QLabel[role="danger"] { color: $danger; font-weight: bold; font-size: ${body}pt; }
QLabel#large { font-size: ${headlines}pt; }
QLabel[role="struck"] {
    color: $muted; text-decoration: line-through; font-size: ${body}pt;
}
QLabel[role="provisional"] { color: $warning; font-weight: bold; font-size: ${body}pt; }
QLabel[role="badge"], QLabel[role="badge-sound"] {
    font-size: ${small}pt; padding: 3px 8px; background: $sunken;
    border: 1px solid $border; border-radius: ${small_radius}px;
}
QLabel[role="badge-sound"] { color: $certified; border-color: $certified; font-weight: bold; }
QLabel[role="mono"], QPlainTextEdit[role="mono"], QLineEdit[role="mono"] {
    font-family: $mono; font-size: ${small}pt;
}
QFrame[role="well"] {
    background: $sunken; border: 1px solid $border; border-radius: ${small_radius}px;
}
QFrame[role="bar"] { background: $surface; border: none; }
QFrame[role="error"] {
    background: $surface; border: 2px solid $danger; border-radius: ${small_radius}px;
}
QFrame[role="notice"] {
    background: $surface; border: 2px solid $accent; border-radius: ${small_radius}px;
}
QFrame[role="rule"] { background: $grid; border: none; max-height: 1px; min-height: 1px; }
QPushButton, QToolButton {
    background: $surface; color: $text; border: 1px solid $border;
    border-radius: ${small_radius}px; padding: ${pad}px ${wide_pad}px; icon-size: ${icon}px;
}
QPushButton:hover, QToolButton:hover { background: $accent_soft; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: $accent_soft;
    border-color: $accent; }
QPushButton:focus, QToolButton:focus {
    border: 2px solid $focus; padding: ${pad_in}px ${wide_pad_in}px;
}
QPushButton:disabled, QToolButton:disabled {
    color: $off; background: $sunken; border-color: $grid;
}
QPushButton[role="primary"], QToolButton[role="primary"] {
    background: $accent; color: $on_accent; border: 1px solid $accent;
    font-weight: bold; font-size: ${body}pt;
}
QPushButton[role="primary"]:hover, QToolButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:focus, QToolButton[role="primary"]:focus {
    border: 2px solid $text;
}
QPushButton[role="primary"]:disabled, QToolButton[role="primary"]:disabled {
    background: $sunken; color: $off; border: 1px solid $grid;
}
QToolButton[role="quiet"], QPushButton[role="quiet"] {
    background: transparent; border: 1px solid $quiet_edge; padding: 2px;
}
QToolButton[role="quiet"]:hover, QPushButton[role="quiet"]:hover,
QToolButton[role="quiet"]:checked { background: $accent_soft; }
QToolButton[role="quiet"]:focus, QPushButton[role="quiet"]:focus {
    border: 2px solid $focus; padding: 1px;
}
QFileDialog QToolButton { padding: 2px; }
QFileDialog QToolButton:focus { padding: 1px; }
QToolButton[role="quiet"]::menu-indicator { image: none; width: 0; }
QLineEdit, QPlainTextEdit, QTextEdit, QTextBrowser, QListView, QTableView, QTreeView {
    background: $sunken; color: $text; border: 1px solid $border;
    border-radius: ${small_radius}px; selection-background-color: $accent;
    selection-color: $on_accent;
}
QLineEdit { padding: ${field_pad}px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QTextBrowser:focus, QListView:focus,
QTableView:focus, QTreeView:focus { border: 2px solid $focus; }
QLineEdit:focus { padding: ${field_pad_in}px; }
QAbstractSpinBox, QComboBox {
    background: $sunken; color: $text; border: 1px solid $border;
    border-radius: ${small_radius}px; padding: 1px ${field_pad}px; min-height: ${field}px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QAbstractSpinBox:focus, QComboBox:focus { border: 2px solid $focus; padding: 0 ${field_pad}px; }
QAbstractSpinBox:disabled, QComboBox:disabled, QLineEdit:disabled {
    color: $off; border-color: $grid; placeholder-text-color: $off;
}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { border: none; background: transparent;
    padding: 0 0 0 ${field_pad}px; }
QAbstractSpinBox { padding-left: ${pad}px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button, QComboBox::drop-down {
    border: none; background: transparent; width: ${arrow_room}px;
}
QAbstractSpinBox::up-arrow { image: url("$icons/arrow-up.svg"); width: ${arrow}px;
    height: ${arrow}px; }
QAbstractSpinBox::down-arrow, QComboBox::down-arrow { image: url("$icons/arrow-down.svg");
    width: ${arrow}px; height: ${arrow}px; }
QComboBox QAbstractItemView { border-radius: 0; }
QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator, QMenu::indicator {
    width: ${mark}px; height: ${mark}px; background: $sunken; border: 1px solid $muted;
}
QCheckBox::indicator, QMenu::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: ${round_mark}px; }
QCheckBox::indicator:checked, QMenu::indicator:checked {
    background: $accent; border-color: $accent; image: url("$icons/check-$ink.svg");
}
QRadioButton::indicator:checked { background: $on_accent; border: ${dot}px solid $accent; }
QCheckBox:focus, QRadioButton:focus { border: 2px solid $focus; border-radius: 4px; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $grid; }
QCheckBox::indicator:checked:disabled { background: $off; border-color: $off; }
QMenu::indicator { left: 4px; }
QSlider::groove:horizontal { height: 4px; background: $border; border-radius: 2px; }
QSlider::handle:horizontal { width: ${mark}px; margin: -${knob}px 0; background: $accent;
    border: 1px solid $surface; border-radius: ${round_mark}px; }
QSlider::groove:horizontal:disabled { background: $grid; }
QSlider::handle:horizontal:disabled { background: $off; }
QSlider:horizontal { min-height: ${field}px; }
QSlider:focus { border: 2px solid $focus; border-radius: 4px; }
QListView::item { padding: ${field_pad}px; }
QListView::item:selected { background: $accent; color: $on_accent; }
QListView::item:hover:!selected { background: $accent_soft; color: $text; }
QHeaderView::section { background: $sunken; color: $muted; border: none; padding: 4px; }
QTableView[role="plain"], QTableView[role="plain"] QHeaderView,
QTableView[role="plain"] QHeaderView::section { background: transparent; border: none; }
QMenuBar { background: $surface; color: $text; border-bottom: 1px solid $border; }
QMenuBar::item { padding: ${pad}px ${wide_pad}px; background: transparent; }
QMenuBar::item:selected { background: $accent_soft; }
QMenu { background: $surface; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: ${pad}px ${menu_pad}px; border-radius: 4px; }
QMenu[role="low"]::item { padding: 2px ${menu_pad}px; }
QMenu[role="low"]::separator { margin: 2px 8px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $off; background: transparent; }
QMenu::separator { height: 1px; background: $grid; margin: 4px 8px; }
QProgressBar {
    background: $groove; border: $groove_edge; border-radius: ${bar_radius}px; max-height: ${bar}px;
    min-height: ${bar}px; color: transparent;
}
QProgressBar::chunk { background: $accent; border-radius: ${bar_radius}px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $handle; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
""")


def stylesheet(theme: Theme) -> str:
    """The style sheet of a theme at its scale."""
    colors = {
        name: value
        for name, value in vars(theme).items()
        if isinstance(value, str) and value.startswith("#") and name != "quiet_edge"
    }
    lengths = {
        "pad": 5, "wide_pad": 12, "menu_pad": 22, "field_pad": 4, "field": 22, "bar": 8,
        "bar_radius": 4, "small_radius": 6, "radius": theme.radius, "arrow": 11, "arrow_room": 18,
        "mark": 13, "dot": 4, "icon": 16,
    }  # fmt: skip
    # a wider frame round what has the focus takes its width from within: nothing moves
    within = {f"{name}_in": round(theme.px(lengths[name])) - 1 for name in _FRAMED}
    framed = theme.border_width > 1  # grey as lines are there, a groove would look full
    return _TEMPLATE.substitute(
        colors,
        groove=theme.sunken if framed else theme.grid,
        groove_edge=f"1px solid {theme.quiet_edge}" if framed else "none",
        quiet_edge=theme.quiet_edge,
        **within,
        **{name: round(theme.px(length)) for name, length in lengths.items()},
        **{role: f"{theme.points(role):g}" for role in _TYPES},
        # half of a circle's whole width, borders included; rounded up it would draw a square
        round_mark=(round(theme.px(lengths["mark"])) + 2) // 2,
        # a handle as high as it is wide, about a groove of 4 pixels
        knob=(round(theme.px(lengths["mark"])) + 2) // 2 - 1,
        icons=(assets() / "icons").as_posix(),
        ink="dark" if theme.dark else "light",
        edge=theme.border_width,
        mono='"DejaVu Sans Mono", "Noto Sans Mono", Consolas, Menlo',
    )


class Rooms(QObject):
    """Parts of a window, each with style sheet and font on it, which it gets when it is seen.

    A sheet on the application dresses every widget anew at each change, half a millisecond for
    each of a thousand, most of them on pages out of sight. The application's font alone does not
    reach all of what a sheet on a part has dressed; and where a rule makes letters bold it says
    their size too, or they would take it from that font, though the part keeps its own.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._rooms: list[QWidget] = []
        self._sheet = ""
        self._passed_over: set[QWidget] = set()

    def add(self, *rooms: QWidget) -> None:
        """More parts; none lies within another."""
        for room in rooms:
            if room not in self._rooms:
                self._rooms.append(room)
                room.installEventFilter(self)
                self._dress(room)

    def dress(self, sheet: str) -> None:
        """Put another sheet on what is in sight, and on the rest later."""
        self._sheet = sheet
        self._rooms = [room for room in self._rooms if shiboken6.isValid(room)]
        for room in self._rooms:
            self._dress(room)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A room comes in sight."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            self._dress(watched)
        return False

    def _dress(self, room: QWidget) -> None:
        window = room.window()
        seen = room.isVisible() if window.isVisible() else room.isVisibleTo(window)
        if not seen:
            if room not in self._passed_over:
                _note_what_is_there(room)
            self._passed_over.add(room)
        elif room in self._passed_over or room.styleSheet() != self._sheet:
            self._passed_over.discard(room)
            same = room.styleSheet() == self._sheet and room.font() == QApplication.font()
            if same and not _made_since(room):
                return
            room.setFont(QApplication.font())
            if same:
                room.setStyleSheet("")  # what was made in it meanwhile has the font of that time
            room.setStyleSheet(self._sheet)


def _note_what_is_there(room: QWidget) -> None:
    """What is in a room when it is passed over: all of it has the room's own sheet and font."""
    for widget in room.findChildren(QWidget):
        widget.setProperty(_SEEN, True)


def _made_since(room: QWidget) -> bool:
    """Whether something was made in a room since it was passed over."""
    return any(not widget.property(_SEEN) for widget in room.findChildren(QWidget))


def apply_theme(
    app: QApplication,
    name: str,
    *,
    scale: float = 1.0,
    stage: tuple[int, int] | None = None,
    rooms: Rooms | None = None,
) -> Theme:
    """Dress the whole program: Fusion, own palette, the style sheet, and all live plots.

    Qt's own colour scheme is not used: it is a no-op on several platforms.

    Args:
        app: the application.
        name: a key of :data:`THEMES`; an unknown one (an old settings file) gives the light theme.
        scale: of type and lines.
        stage: width and height of the window in talk mode, in which everything is larger still,
            by :func:`gui.style.theme.stage_scale`; None outside it.
        rooms: what is dressed, of the program's window; None for everything there is.
    """
    known, whole = THEMES.get(name, LIGHT), scale * (stage_scale(stage) if stage else 1.0)
    theme = replace(known, scale=whole, on_stage=stage is not None)
    registry.current = theme
    if not app.property(_DRESSED):  # a style set again would dress every widget twice
        app.setProperty(_DRESSED, True)
        app.setStyle("Fusion")
    if app.palette() != palette(theme):
        app.setPalette(palette(theme))
    if app.font() != theme.font():
        app.setFont(theme.font())
    sheet = stylesheet(theme)
    everywhere = "" if rooms is not None else sheet
    with without_collection():  # Qt walks a list of widgets: none may be freed meanwhile
        if everywhere != app.styleSheet():
            # Replaced, a sheet is put on all that Qt has noted down for the one before, which may
            # be gone: a widget that was asked for a size under two sheets and never seen leaves no
            # word. A first sheet is put on what there is.
            app.setStyleSheet("")
            app.setStyleSheet(everywhere)
        if rooms is not None:
            rooms.dress(sheet)
    registry.changed.emit()
    return theme


def palette(theme: Theme) -> QPalette:
    """The tokens as Qt knows them."""
    role = QPalette.ColorRole
    colors = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.sunken,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.surface,
        role.ButtonText: theme.text,
        role.ToolTipBase: theme.surface,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.BrightText: theme.danger,
        role.Light: theme.grid,
        role.Midlight: theme.border,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: theme.border,
        role.Accent: theme.accent,
    }
    result = QPalette()
    for key, color in colors.items():
        result.setColor(key, QColor(color))
    disabled = QPalette.ColorGroup.Disabled
    for key in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(disabled, key, QColor(theme.off))
    return result
