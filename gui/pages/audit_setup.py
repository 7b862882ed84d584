"""What set is certified: by name, a folder, files, a shipped set; how many inputs of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QMenu, QWidget

from engine.attacks.plan import AttackPlan
from gui.controllers.session import Session
from gui.pages.external_votes import perturbations
from gui.style import theme as themes
from gui.widgets.buttons import menu_button
from gui.widgets.counts import count_box
from gui.widgets.file_dialogs import FileAsker, input_filter
from gui.widgets.layouts import filled, labelled

_BETWEEN = "; "
"""Stands between several sources."""
_MOST = 10**7
_LEAST_SET, _LEAST_AT, _MOST_OF_THEM = 150, 110, 200
"""Pixels of these fields, before scaling, and what each asks for at most."""


class SetLine(QWidget):
    """A line with the sources of a set, a limit, and perturbations to answer.

    Signals:
        changed: another set is described.
    """

    changed = Signal()

    def __init__(
        self, session: Session, asker: FileAsker, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._asker = session, asker
        self._chosen: tuple[str, ...] = ()
        self._touched = False
        self.spec, self.at = QLineEdit(), QLineEdit()
        self.spec.setAccessibleName("The set")
        self.spec.setPlaceholderText("a folder, digits, torchvision:CIFAR10:test, rows.csv, …")
        self.at.setAccessibleName("Perturbations to answer")
        self.limit = count_box("Inputs at most, spread evenly over the set", 0, least=0, most=_MOST)
        self.limit.setSpecialValueText("all inputs")
        self.limit.setToolTip("Take at most this many inputs, spread evenly over the set")
        self.attack = QCheckBox("attac&k")
        self.attack.setAccessibleName("Attack every certified row")
        self.attack.setToolTip(
            "Beside each certificate, the smallest change found that takes the smoothed model to "
            "another class: evidence of tightness, and no guarantee. Slower than certifying."
        )
        self.menu = QMenu(self)
        self.choose = menu_button(
            "&Choose ▾", "Choose a set", "A folder, files, or a shipped set", self.menu
        )
        self._lay_out()
        self.menu.aboutToShow.connect(self._fill)
        self.spec.textChanged.connect(self.changed)
        self.spec.textEdited.connect(self._touch)
        self.limit.valueChanged.connect(self.changed)
        self.at.textChanged.connect(self.changed)
        for signal in (session.loading.model_changed, session.loading.offered):
            signal.connect(self._propose)
        session.form.changed.connect(self._name_terms)
        themes.registry.follow(self.retheme)
        self.retheme()
        self._recall()

    @property
    def sources(self) -> tuple[str, ...]:
        """What the line names: what was chosen, unless somebody has typed since."""
        text = self.spec.text()
        if self._chosen and text == _BETWEEN.join(self._chosen):
            return self._chosen
        return tuple(part.strip() for part in text.split(_BETWEEN.strip()) if part.strip())

    @property
    def asked(self) -> tuple[tuple[str, ...], int, tuple[str, ...]]:
        """Sources, limit and perturbations."""
        return self.sources, self.limit.value(), perturbations(self.at.text())

    @property
    def plan(self) -> AttackPlan | None:
        """How hard to attack; None where that is not asked for."""
        return AttackPlan() if self.attack.isChecked() else None

    def put(self, sources: Sequence[str], *, add: bool = False) -> None:
        """Name other sources, or more of them; each one once."""
        before = self.sources if add else ()
        self._chosen, self._touched = tuple(dict.fromkeys((*before, *sources))), True
        self.spec.setText(_BETWEEN.join(self._chosen))
        self.spec.setCursorPosition(0)  # where there is no room for all, the first is read first

    def remember(self) -> None:
        """Propose the same at the next start."""
        self._session.preferences.last_set = (
            list(self.sources),
            self.limit.value(),
            self.at.text(),
        )

    def _recall(self) -> None:
        sources, limit, at = self._session.preferences.last_set
        if sources:
            self.put(sources)
            self.limit.setValue(limit)
            self.at.setText(at)
        self._name_terms()

    def _lay_out(self) -> None:
        line = QHBoxLayout(self)
        named = labelled("&set", self.spec)
        at = labelled("certified a&t", self.at)
        limited = labelled("at &most", self.limit)
        parts = (
            named,
            (self.spec, 4),
            self.choose,
            limited,
            self.limit,
            at,
            (self.at, 2),
            self.attack,
        )
        filled(line, *parts, spacing=8)

    @Slot()
    def retheme(self) -> None:
        """Fields with room for a name."""
        theme = themes.current()
        for editor, least in ((self.spec, _LEAST_SET), (self.at, _LEAST_AT)):
            editor.setMinimumWidth(min(round(theme.px(least)), _MOST_OF_THEM))

    @Slot()
    def _touch(self) -> None:
        self._touched = True

    @Slot()
    def _propose(self) -> None:
        """The shipped set of a shipped model, while nobody has chosen another."""
        if not self._touched and (names := self.shipped()):
            self.spec.setText(names[0])

    def shipped(self) -> list[str]:
        """Names of the shipped sets that go with the open model, or with its kind."""
        loading = self._session.loading
        if loading.model is None or loading.request is None:
            return []
        gallery = [one for one in loading.offer.gallery if one.title and one.of != "lattice"]
        fitting = [one.of for one in gallery if loading.request.spec in one.models]
        alike = [one.of for one in gallery if one.kind == loading.model.kind]
        return list(dict.fromkeys(fitting or alike))

    @Slot()
    def _name_terms(self) -> None:
        terms = self._session.form.settings.scheme.terms
        self.at.setPlaceholderText(",".join(f"{term}=1" for term in terms))
        meaning = "; ".join(f"{name}: {term}" for name, term in terms.items())
        self.at.setToolTip(f"Perturbations to answer, with spaces between them. {meaning}")

    @Slot()
    def _fill(self) -> None:
        """What there is to choose from now."""
        self.menu.clear()
        self.menu.addAction("&Folder…", partial(self._ask_for_folder, add=False))
        self.menu.addAction("F&iles…", partial(self._ask_for_files, add=False))
        row = self._session.loading.specs
        if len(row) > 1:
            self.menu.addAction(f"The &open row of {len(row):,} inputs", partial(self.put, row))
        self.menu.addSeparator()
        for name in self.shipped():
            self.menu.addAction(f"Shipped set: {name}", partial(self.put, [name]))
        if self.sources:
            self.menu.addSeparator()
            self.menu.addAction("&Add a folder…", partial(self._ask_for_folder, add=True))
            self.menu.addAction("A&dd files…", partial(self._ask_for_files, add=True))

    def _ask_for_folder(self, *, add: bool) -> None:
        answer = partial(self._put_paths, add=add)
        self._asker.open_folder("Certify the inputs of", lambda path: answer([path]))

    def _ask_for_files(self, *, add: bool) -> None:
        self._asker.open_files("Certify", input_filter(), partial(self._put_paths, add=add))

    def _put_paths(self, paths: Sequence[Path], *, add: bool) -> None:
        self.put([str(path) for path in paths], add=add)
