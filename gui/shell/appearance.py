"""How the window looks: its theme, talk mode, and who has room beside the page in sight."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QWidget

from gui.controllers.preferences import Preferences
from gui.shell.notice import NoticeArea
from gui.shell.pages import Pages
from gui.style.stylesheet import Rooms, apply_theme
from gui.style.theme import STAGE, THEMES, stage_scale
from gui.widgets.page import Page

_MARGIN = 12
"""Pixels beside a column, a handle or the window's edge."""
_STAYS_MS, _TAKEN_MS = 60, 250
"""After so long a window keeps its size; and it has the screen, if it gets it."""
TEXT_SIZES = (0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
"""Parts of the usual size that type can have."""


class Appearance(QObject):
    """Follows the commands of the View menu and the page in sight."""

    def __init__(
        self,
        window: QMainWindow,
        actions: dict[str, QAction],
        preferences: Preferences,
        pages: Pages,
        *,
        form: QWidget,
        statement: QWidget,
        chrome: Sequence[QWidget],
        rooms: Sequence[QWidget],
        notices: NoticeArea,
    ) -> None:
        super().__init__(window)
        self._window, self._actions, self._preferences = window, actions, preferences
        self._pages, self._form, self._statement = pages, form, statement
        self._chrome, self._notices = chrome, notices
        self._sides: tuple[int, int] | None = None
        self._shown: tuple[bool, ...] = (True, True)
        self._filled = self._returns = False
        self._place, self._stage = window.geometry(), STAGE
        # a window that takes the screen may have other sizes on its way
        self._larger = QTimer(self, singleShot=True, interval=_STAYS_MS)
        self._larger.timeout.connect(self._fit_stage)
        self._rooms, explore = Rooms(window), pages.explore
        self._rooms.add(form, statement, *rooms, explore.claim, *explore.cards, pages.answers)
        for stack in (pages, explore.place):
            stack.currentChanged.connect(self._house)
        self._house()
        themes = QActionGroup(self)
        for name in THEMES:
            themes.addAction(actions[f"theme-{name}"])
        self._soon = QTimer(self, singleShot=True, interval=0)  # once the page is in its own type
        self._soon.timeout.connect(self.make_room)
        for makes_room in (self.make_room, self._soon.start):
            pages.turned.connect(makes_room)
        self.set_theme(preferences.theme)

    @property
    def talks(self) -> bool:
        """Whether talk mode is on."""
        return self._actions["talk"].isChecked()

    def set_theme(self, name: str) -> None:
        """Another theme, remembered."""
        name = name if name in THEMES else "light"
        self._preferences.theme = name
        self._actions[f"theme-{name}"].setChecked(True)
        self._dress()

    def set_text_size(self, scale: float) -> None:
        """Type and lines this much larger than usual, remembered; within :data:`TEXT_SIZES`."""
        self._preferences.text_size = _nearest(scale, 0)
        self._dress()

    def step_text_size(self, steps: int) -> None:
        """So many sizes larger, or smaller where negative."""
        self.set_text_size(_nearest(self._preferences.text_size, steps))

    def _dress(self) -> None:
        app, wanted = QApplication.instance(), self._preferences
        if isinstance(app, QApplication):
            scale = _nearest(wanted.text_size, 0)
            stage = self._stage if self.talks else None
            apply_theme(app, wanted.theme, scale=scale, stage=stage, rooms=self._rooms)

    @Slot()
    def _house(self) -> None:
        """Pages and plots that are made when they are first asked for."""
        explore = self._pages.explore
        for widget in (self._pages.currentWidget(), explore.place.currentWidget()):
            if widget is not None and widget is not explore:
                self._rooms.add(widget)

    def follow_talk_mode(self) -> None:
        """Large type; only the claim, one plot and progress are left, and a replay of the run."""
        claim = self._pages.explore.claim
        if self.talks:
            # a screen may take a full screen for the usual size
            self._filled, self._place = self._window.isMaximized(), self._window.geometry()
            self._stage = self._window.screen().size().toTuple()  # which the window takes at last
            self._set_stage()
        else:
            claim.hide()
            self._returns = True
        self._dress()  # now that few things are in sight
        if self.talks:
            claim.show()
            self._window.showFullScreen()
            QTimer.singleShot(_TAKEN_MS, self, self._fit_stage)  # where nobody gave the screen
            self._pages.replaying.replay_shown()
        else:
            self._leave_full_screen()
            self._set_stage()

    def _leave_full_screen(self) -> None:
        """The window as it was, maximised or of its size and where it stood."""
        if self._filled:
            self._window.showMaximized()
            return
        self._window.showNormal()
        # not when the screen says so: all that comes back would be laid out and painted twice;
        # a size alone would be that of a window in the screen's corner, its title out of reach
        self._window.setGeometry(self._place)

    def _set_stage(self) -> None:
        for widget in self._chrome:
            widget.setVisible(not self.talks)
        self._returns = False
        self._notices.be_quiet(on=self.talks)
        self._pages.replaying.be_on_stage(on=self.talks)
        stage = partial(self._pages.explore.stage, on=self.talks)
        # plots that go, go first, and those that come, come last: neither are laid out twice
        for act in (stage, self.make_room) if self.talks else (self.make_room, stage):
            act()

    @Slot()
    def fit_stage(self) -> None:
        """Type of another size on a larger or smaller screen, where it is there to stay."""
        if self.talks:
            self._larger.start()

    @Slot()
    def _fit_stage(self) -> None:
        stage = self._window.size().toTuple()
        if self.talks and stage_scale(stage) != stage_scale(self._stage):
            self._stage = stage
            self._dress()

    @Slot()
    def make_room(self) -> None:
        """Side columns go in talk mode, for pages with results of their own, and for want of room.

        The plots of a run make do with little; other pages do not. What a column leaves is the
        page's: the other column stays as wide as it was.
        """
        if self._returns:  # from talk mode: bars that take some of the height are still to come
            return
        page, columns = self._pages.currentWidget(), self._columns
        sizes = columns.sizes()  # where a column was just shown, not laid out yet
        laid_out = sum(sizes) == columns.width() - 2 * columns.handleWidth()
        if all(self._shown) and all(sizes) and laid_out:
            self._sides = sizes[0], sizes[-1]
        document = page if isinstance(page, Page) else Page
        left = self._window.width() - 2 * _MARGIN
        if isinstance(page, Page):
            left -= page.minimumSizeHint().width()
        shown = []
        for column, beside in (
            (self._statement, document.beside_statement),
            (self._form, document.beside_form),
        ):
            needed = column.minimumSizeHint().width() + _MARGIN if isinstance(page, Page) else 0
            shown.append(not self.talks and beside and needed <= left)
            left -= needed * shown[-1]
        self._share_room(form=shown[1], statement=shown[0])

    def _share_room(self, *, form: bool, statement: bool) -> None:
        """Give the page what a column leaves; Qt would share it out among all that stay."""
        columns, shown = self._columns, (form, statement)
        sides = self._form, self._statement
        widths = self._sides if shown != self._shown else None
        if widths is not None:  # before they are shown, or they would be laid out twice
            self._shown = shown
            left, right = (width * there for width, there in zip(widths, shown, strict=True))
            room = columns.width() - sum(shown) * columns.handleWidth()
            columns.setSizes([left, max(1, room - left - right), right])
            for side, width in zip(sides, widths, strict=True):
                if side.isHidden():
                    side.resize(width, columns.height())
        for side, there in zip(sides, shown, strict=True):
            side.setVisible(there)
        if widths is not None:
            columns.refresh()

    @property
    def _columns(self) -> QSplitter:
        """What form, pages and statement stand in."""
        columns = self._form.parentWidget()
        assert isinstance(columns, QSplitter), columns
        return columns


def _nearest(size: float, steps: int) -> float:
    """The size that there is from this one on, and so many further.

    >>> _nearest(1.0, 0), _nearest(1.0, 1), _nearest(7.0, 1), _nearest(float("nan"), -1)
    (1.0, 1.15, 2.0, 0.8)
    """
    place = bisect_left(TEXT_SIZES, size) + steps
    return TEXT_SIZES[min(max(place, 0), len(TEXT_SIZES) - 1)]
