"""How the labels of an input become classes of the model, where names and numbers do not tell."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from gui.controllers.loading import Loading
from gui.widgets.buttons import menu_button
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.layouts import filled

_RULES = (
    ("As their &names and numbers tell", ""),
    ("By the &order of the labels", "order"),
    ("By the n&umber in the label", "number"),
    ("Counted from &1", "from-one"),
)
_FILES = "File or label and class, a line each (*.csv *.tsv *.txt);;All files (*)"


class LabelChoice(QWidget):
    """A button that is there where a label has no class, or was given one by a rule.

    Attributes:
        menu: the rules; any input can be given one.
    """

    def __init__(self, loading: Loading) -> None:
        super().__init__()
        self._loading, self._asker = loading, FileAsker(self)
        self.menu = QMenu("&Labels", self)
        for title, rule in _RULES:
            self.menu.addAction(title, partial(self._relabel, rule))
        self.menu.addAction("From a &file…", self._ask_for_file)
        tip = "Which class of the model each label means"
        self.button = menu_button("Labels ▾", "Labels", tip, self.menu)
        row = filled(QHBoxLayout(self), self.button)
        row.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Be there where something may be chosen."""
        given, fitted = self._loading.given, self._loading.fitted
        unknown = (
            given is not None
            and given.label is not None
            and fitted is not None
            and fitted.identity.label is None
        )
        ruled = given is not None and bool(given.label_rule)
        self.setVisible(unknown or ruled)
        self.menu.setEnabled(given is not None)

    def _ask_for_file(self) -> None:
        self._asker.open_file("Labels", _FILES, lambda path: self._relabel(str(Path(path))))

    def _relabel(self, rule: str) -> None:
        """Open the input again, and the row that it stands in, under a rule."""
        from engine.inputs.labels import with_rule

        given = self._loading.given
        if given is not None:
            row = [with_rule(spec, rule) for spec in self._loading.specs]
            self._loading.open_input(with_rule(given.source, rule), row)
