"""Any number of runs together: how they differ, their bounds and regions on shared axes, images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.core.text import visible
from engine.evidence.evidence import Evidence
from engine.figures.light_together import lights_together
from engine.figures.runs_together import (
    ComparedRow,
    Named,
    bounds_together,
    regions_together,
    rows_together,
)
from engine.inputs.base import Pixels
from gui.plots.curves import CurvePlot
from gui.plots.light_cells import LightCellsPlot
from gui.style import theme as themes
from gui.widgets.alone import Alone
from gui.widgets.buttons import menu_button, quiet_button
from gui.widgets.card import Card
from gui.widgets.columns import FittedColumns
from gui.widgets.icons import themed_icon
from gui.widgets.image import thumbnail
from gui.widgets.layouts import divided, emptied, filled
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import words
from gui.widgets.text_table_model import RowsModel, plain_table

_SIDE, _LEAST, _LINE = 56, 210, 20
"""Pixels of an image, the least height of a plot, and of a line of its legend."""
_WAITING = 84
"""The least height of a plot that has nothing to draw: its title and a sentence; before scaling."""
_A_LINE = 4
"""Runs in a line of a legend, about."""
_NARROW, _BESIDE, _MOST = 96, 8, 40
"""Pixels of a run's column, at least, and beside its words; columns that may be shortened."""
_ROW = 22
"""Pixels of a row: all that differ are in sight in a low window; before scaling."""
_TABLE = (0.45, 0.65)
"""Part of the room that the table takes, at least and at most."""
_ABSENT = "–"
"""What a run says of a fact that it does not have."""
_NO_BOUNDS = "None of these runs bounds a class along n."
_NO_REGIONS = "None of these runs certifies anything."
_APART = (
    "These runs certify different kinds of change, which have no axes in common: read in the table "
    "what each certifies."
)


_ALONE = "Add another run to compare {} with, or choose one in the list to look at it alone."
_OFFERED = 20
"""Runs that may be added, at most: a longer menu cannot be read."""


class RunComparison(Card):
    """Above the images and the facts, below bounds and regions.

    Attributes:
        runs: what is compared, by name.
        model: a row for each fact; those that differ are marked and coloured.

    Signals:
        notice: kind and sentence.
        added: the name of a run that is to be compared too.
        left_out: the name of one that is to be compared no more.
    """

    notice = Signal(str, str)
    added = Signal(str)
    left_out = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Runs compared", parent=parent)
        self.runs: tuple[Named, ...] = ()
        self._rows: tuple[ComparedRow, ...] = ()
        self.model: RowsModel[ComparedRow] = RowsModel(("",), _texts, _ink)
        self.table = plain_table(self.model, "How the runs differ", ())
        # a seed gives way before another run is out of sight
        self._fitted = FittedColumns(self.table, (0, *[_NARROW] * _MOST), margin=_BESIDE)
        self.only = QCheckBox("&Only what differs")
        self.only.setChecked(True)
        self.only.toggled.connect(self._fill)
        self.others = QMenu(self)
        self.others.triggered.connect(lambda action: self.added.emit(action.data()))
        tip = "Compare another run of the case too"
        self.add = menu_button("Add run", "Add a run to the comparison", tip, self.others)
        self.header.addWidget(self.only)
        self.header.addWidget(self.add)
        self.images = QHBoxLayout()
        self.closing: list[QToolButton] = []
        self.bounds, self.regions = CurvePlot("Bounds over n"), CurvePlot("Certified regions")
        self.cells = LightCellsPlot()
        self.cells.hide()
        for plot in (self.bounds, self.regions, self.cells):
            plot.notice.connect(self.notice)
            plot.enlarged.connect(Alone(plot).toggle)
        facts = QWidget()
        filled(QVBoxLayout(facts), self.images, (self.table, 1), spacing=6)
        plots = ScrollColumn("Plots of the compared runs", spacing=8)
        self._plots = plots.column
        for plot in (self.bounds, self.regions, self.cells):
            plots.column.addWidget(plot, 1)
        themes.registry.follow(self.retheme)
        self.retheme()
        self.columns = divided(Qt.Orientation.Horizontal, facts, plots, sizes=(500, 600))
        self.content.addWidget(self.columns, 1)

    def retheme(self) -> None:
        """Plots are as high as the type in force and the lines of their legends need.

        One without a figure takes the room of its sentence: else it would look empty.
        """
        for button in self.closing:
            button.setIcon(themed_icon("close"))
        lines = -(-len(self.runs) // _A_LINE)
        for plot in (self.bounds, self.regions, self.cells):
            least = _LEAST + lines * _LINE if plot.figure is not None else _WAITING
            plot.setMinimumHeight(round(themes.current().px(least)))
            drawn = QSizePolicy.Policy.Ignored  # as high as there is room, not as a canvas likes
            other = QSizePolicy.Policy.Preferred
            plot.setSizePolicy(other, drawn if plot.figure is not None else other)
            self._plots.setStretchFactor(plot, int(plot.figure is not None))
        self.table.verticalHeader().setDefaultSectionSize(round(themes.current().px(_ROW)))
        self._fitted.fit()

    def show_runs(self, runs: Sequence[Named]) -> None:
        """Compare some runs, each with its name."""
        others, self.runs = len(self.runs) != len(runs), tuple(runs)
        self._rows = rows_together([run for _, run in runs])
        differing = [row.name for row in self._rows if row.declared and row.differs]
        same = "declared alike in everything"
        if len(self.runs) == 1:
            self.set_subtitle(_ALONE.format(self.runs[0][0]))
        else:
            self.set_subtitle(f"differ in {', '.join(differing)}" if differing else same)
        self._fill()
        no_regions = _APART if any(run.region for _, run in runs) else _NO_REGIONS
        for plot, figure, lacking in (
            (self.bounds, bounds_together(self.runs), _NO_BOUNDS),
            (self.regions, regions_together(self.runs), no_regions),
        ):
            if figure is None:
                plot.wait(lacking)
            else:
                plot.show_figure(figure)
        together = lights_together(self.runs)
        self.cells.setVisible(together is not None)
        self.regions.setVisible(together is None)
        if together is not None:
            self.cells.show_figure(together)
        self.retheme()
        if others:  # else the columns stay as wide as somebody made them
            self._share_room()
        self.show_images({})

    def show_images(self, found: Mapping[str, Pixels]) -> None:
        """The inputs of the runs, by digest, as far as they can be read again."""
        emptied(self.images)
        self.closing = []
        for name, run in self.runs:
            cell, picture = QWidget(), QLabel()
            pixels = found.get(run.input.sha256)
            if pixels is not None:
                picture.setPixmap(thumbnail(pixels, _SIDE))
                picture.setAccessibleName(f"Input of {name}")
            caption = words(f"{name}\n{run.input.name}", "small")
            above = Qt.AlignmentFlag.AlignTop
            top = filled(QHBoxLayout(cell), picture, (caption, 1), spacing=6)
            top.setAlignment(picture, above)
            caption.setAlignment(above)
            if len(self.runs) > 1:  # of one there is nothing to take it out of
                top.addWidget(self._closing_button(name), 0, above)
            self.images.addWidget(cell)
        self.images.addStretch(1)

    def offer(self, runs: Sequence[tuple[str, str]]) -> None:
        """These may be compared too: a name and what is said of each."""
        self.others.clear()
        for name, said in runs[:_OFFERED]:
            self.others.addAction(visible(said)).setData(name)
        if len(runs) > _OFFERED:
            self.others.addAction("Others: pin them in the list").setEnabled(False)
        self.add.setEnabled(bool(runs))

    def _closing_button(self, name: str) -> QToolButton:
        said = f"Take {name} out of the comparison"
        button = quiet_button("", said, said)
        button.setIcon(themed_icon("close"))
        button.clicked.connect(lambda: self.left_out.emit(name))
        self.closing.append(button)
        return button

    @Slot()
    def _fill(self) -> None:
        every = len(self.runs) == 1 or not self.only.isChecked()  # one differs in nothing
        rows = [row for row in self._rows if row.differs or every]
        self.model.show_rows(rows, ("", *(name for name, _ in self.runs)))

    def _share_room(self) -> None:
        """The more runs there are, the wider is their table, up to a part of the room."""
        whole = sum(self.columns.sizes())
        wanted = sum(self._fitted.wanted()) + 2 * self.table.frameWidth()
        wide = round(min(max(_TABLE[0] * whole, wanted), _TABLE[1] * whole))
        self.columns.setSizes([wide, whole - wide])


def _texts(row: ComparedRow) -> tuple[str, ...]:
    return f"{'≠  ' if row.differs else ''}{row.name}", *(value or _ABSENT for value in row.values)


def _ink(row: ComparedRow, column: int) -> str | None:
    """What was declared otherwise stands out; that its outcome is another is no surprise."""
    return themes.current().accent if row.differs and row.declared else None


def inputs_of(runs: Sequence[Named]) -> dict[str, Evidence]:
    """One run for each input that is an image, by digest."""
    pictures = ("image", "pair")
    return {run.input.sha256: run for _, run in runs if run.input.kind in pictures}
