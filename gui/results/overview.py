"""The middle of the window: votes and bounds above, region and examples below."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from engine.core.outputs import ANSWER
from engine.evidence.settings import RunSettings
from engine.figures.anchors import over_n
from engine.figures.votes import votes_figure
from engine.regions import radius_of
from gui.controllers.session import Session
from gui.jobs.shipped import Example
from gui.jobs.worker import Lane
from gui.plots.ball import BallPlot
from gui.plots.base import Plot
from gui.plots.bounds import BoundsPlot, ends_of, no_bounds
from gui.plots.examples import ExamplesPlot
from gui.plots.pictures import PLOTS
from gui.plots.region_plot import RegionPlot
from gui.plots.votes import VotesPlot
from gui.results.claim import ClaimCard
from gui.results.plot_grid import HANDLE, PlotGrid
from gui.results.slice_axes import AxesChooser
from gui.widgets.layouts import filled
from gui.widgets.pace import interval_ms

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.evidence.snapshot import Snapshot
    from engine.figures.regions import RegionFigure
    from engine.inputs.base import Pixels

REGION_HEIGHT = 270
"""Pixels: less would leave no room for the map between title and legend."""
TURN_MS = 200
"""While votes are counted, histogram and bounds are drawn in turn at this pace, for their cost."""
_SHARE, _SLOWEST_MS = 0.015, 300
"""On a slow machine the pace is slower, for no more of the time than this share; but not so slow
that the numbers in a plot are of another second than those beside it."""
_WAITING: dict[type[Plot[Any]], str] = {
    VotesPlot: "Votes appear here as they are counted.",
    BoundsPlot: "The confidence bound appears here as samples arrive.",
    BallPlot: "The certified region grows here from the first bound on.",
    ExamplesPlot: "Noisy samples appear here during a run, or after it where the "
    "model is slow, and then certified perturbations.",
}
_SHORT: dict[type[Plot[Any]], str] = {VotesPlot: "votes", BoundsPlot: "bounds"}
"""What a plot is called behind the word that it is a replay; others are regions."""
_OF_ANOTHER = "No samples are drawn while a recorded run is replayed."
_NO_MAP = "Nothing can be certified under these settings."
_PLACES_COME = "Guaranteed places appear here as samples arrive."
_MAP_COMES = "The required p_lower is being worked out."
_MAP_OF_INPUT = "What a change requires depends on the input here: it is drawn with a run."


class Regions(dict[str, "Plot[Any]"]):
    """The plots of regions by their name, each made when it is first asked for."""

    def __init__(self, make: Callable[[str], Plot[Any]]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> Plot[Any]:
        """Make one."""
        return self.setdefault(name, self._make(name))


class Explore(QWidget):
    """Plots that follow the session; they label themselves from what they show."""

    notice = Signal(str, str)

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.votes, self.bounds, self.examples = VotesPlot(), BoundsPlot(), ExamplesPlot()
        self.place = QStackedWidget()
        self.axes = AxesChooser()
        self.axes.chosen.connect(session.illustrator.choose_axes)
        self.regions = Regions(self._make_region)
        cells = (self.votes, self.bounds, self.place, self.examples)
        self.grid = PlotGrid(cells, ("Votes", "Bounds", "Region", "Examples"))
        self.claim = ClaimCard(session)
        self.claim.hide()
        self._row = filled(QHBoxLayout(self), (self.grid, 3), (self.claim, 2), spacing=HANDLE)
        self._turns = QTimer(self, interval=TURN_MS)
        self._turns.timeout.connect(self._draw_next)
        self._next, self._news, self._seen = 0, 0, (True, True)
        self._preview: tuple[RunSettings, RegionFigure[Any] | None] | None = None
        self._maps = Lane(session.worker)
        self._connect()
        self._prepare_map()
        self.refresh_run()
        self.refresh_images()

    def _connect(self) -> None:
        session = self._session
        for plot in (self.votes, self.bounds, self.examples):
            self._listen(plot)
        self.examples.asked.connect(self._point_out)
        self.grid.arranged.connect(self._bring)
        session.runs.snapshot_changed.connect(self._follow)
        session.runs.read.connect(self._read)
        session.runs.evidence_changed.connect(self.refresh_run)
        session.playback.changed.connect(self._replay)
        session.form.changed.connect(self._prepare_map)
        session.loading.model_changed.connect(self.refresh_images)
        session.loading.fitted_changed.connect(self._draw_region)
        session.illustrator.changed.connect(self.refresh_images)

    def _listen(self, plot: Plot[Any]) -> None:
        plot.notice.connect(self.notice)
        plot.enlarged.connect(partial(self.enlarge, plot))

    def _make_region(self, name: str) -> Plot[Any]:
        """The plot for a kind of region, when it is first wanted."""
        plot = PLOTS[name]()
        self._listen(plot)
        if isinstance(plot, RegionPlot):
            plot.asked.connect(self._show_change)
        if name == "slice":
            plot.content.insertWidget(1, plot.subtitle)  # its own line, full width
            self.axes.stand_in(plot)
        plot.setMinimumHeight(REGION_HEIGHT)
        self.place.addWidget(plot)
        return plot

    @property
    def plots(self) -> tuple[Plot[Any], ...]:
        """The four in sight."""
        return self.votes, self.bounds, self.region, self.examples

    @property
    def cards(self) -> tuple[QWidget, ...]:
        """What is always there."""
        return self.votes, self.bounds, self.examples, self.grid.bar

    @property
    def region(self) -> Plot[Any]:
        """The plot for the regions of the scheme at hand."""
        return self.regions[self.picture]

    @property
    def picture(self) -> str:
        """How the regions of what is shown are drawn; of the form while nothing is."""
        settings = self._shown_settings() or self._session.form.settings
        if settings.kind == "measure":
            return "places"
        found = settings.scheme.region_type.picture_for(settings.scheme.inputs)
        return found if found in PLOTS else "terms"

    def furnish(self) -> Iterator[Plot[Any]]:
        """Make the bodies of the plots in sight, which no first paint waits for, one by one."""
        for plot in self.plots:
            plot.make()
            yield plot

    def enlarge(self, plot: Plot[Any]) -> None:
        """Give one plot the room of all four; the same plot again gives it back."""
        if not self.grid.staged:
            self.grid.enlarge(self.plots.index(plot))

    def stage(self, *, on: bool) -> None:
        """Leave the region alone, for the claim to stand beside; keys 1 to 4 show other plots."""
        self.grid.stage(self.plots.index(self.region) if on else None)
        self._row.setContentsMargins(0, HANDLE if on else 0, 0, 0)  # nothing else is above it

    def offer(self, examples: tuple[Example, ...]) -> None:
        """Images the slice may point to."""
        self.axes.offer(examples)

    @Slot()
    def refresh_run(self) -> None:
        """Votes, bounds and region of the evidence, else of the run as it stands."""
        self._turns.stop()
        self._draw_votes()
        self._draw_bounds()
        self._draw_region()

    @Slot()
    def refresh_images(self) -> None:
        """Slice and examples, as far as they are drawn."""
        self._draw_slice()
        self._draw_examples()
        if self.examples.change is not None:
            self._point_out(self.examples.change)

    @Slot()
    def _follow(self) -> None:
        self._news = 2  # one for each of those that take turns
        if not self._turns.isActive():
            self._turns.start()
        # with every snapshot: a ball, or a region of steps, is a few lines
        self._draw_region(labelled=False)
        self._draw_examples()

    @Slot()
    def _prepare_map(self) -> None:
        """Have the worker find out what the form's scheme takes, so that nothing waits for it."""
        settings, kind = self._session.form.settings, self._kind
        picture = settings.scheme.region_type.picture_for(settings.scheme.inputs)
        if picture != "slice" and not self._session.runs.running:
            from engine.figures.regions import preview_figure

            self._maps.submit(
                lambda stop: (settings, preview_figure(settings, kind)),
                "computing the required probabilities",
                on_done=self._show_map,
                quiet=True,
            )
        self._draw_region()

    @property
    def _kind(self) -> str:
        """Of the input at hand."""
        fitted = self._session.loading.fitted
        return fitted.identity.kind if fitted is not None else ""

    def _show_map(self, preview: tuple[RunSettings, RegionFigure[Any] | None]) -> None:
        self._preview = preview
        self._draw_region()

    @Slot(object)
    def _show_change(self, change: dict[str, float]) -> None:
        self.examples.show_change(change)

    @Slot(object)
    def _point_out(self, change: dict[str, float]) -> None:
        if isinstance(self.region, RegionPlot):
            self.region.choose(change)

    @Slot()
    def _draw_next(self) -> None:
        """Histogram or bounds, if they are in sight."""
        if not self._news:
            return
        self._news -= 1
        place, self._next = self._next, 1 - self._next
        if not self._seen[place]:
            return
        began = time.perf_counter()
        (self._draw_votes, self._draw_bounds)[place]()
        spent = time.perf_counter() - began
        self._turns.setInterval(interval_ms(spent, _SHARE, TURN_MS, _SLOWEST_MS))

    @Slot()
    def _bring(self) -> None:
        """What comes in sight during a run shows it as it stands, not as it was when it went."""
        before, self._seen = self._seen, (self.grid.shows(0), self.grid.shows(1))
        if not self._turns.isActive():
            return
        for draw, was, seen in zip(
            (self._draw_votes, self._draw_bounds), before, self._seen, strict=True
        ):
            if seen and not was:
                draw()

    @Slot()
    def _replay(self) -> None:
        """A moment of a recorded run, or its result again; each plot says which."""
        plots: list[Plot[Any]] = [self.votes, self.bounds, *self.regions.values()]
        for plot in plots:
            played = f"Replay · {_SHORT.get(type(plot), 'region')}"
            plot.title.setText(played if self._session.playback.active else plot.accessibleName())
        self.refresh_run()
        self._draw_examples()

    def _draw_votes(self) -> None:
        source, names = self._source()
        _show(self.votes, votes_figure(source, names) if source else None)

    def _draw_bounds(self) -> None:
        source, names = self._source()
        self.bounds.show_from_to(ends_of(self._session.playback.evidence))
        figure = over_n(source, names) if source else None
        _show(self.bounds, figure, no_bounds(source.settings if source is not None else None))

    @Slot()
    def _read(self) -> None:
        """What is written at the region is of the moment that the statement is of."""
        if self.region.figure is not None and self._session.playback.snapshot is None:
            self.region.label()

    def _draw_region(self, *, labelled: bool = True) -> None:
        """The region as it stands, else the required p_lower; a ball waits for its bound."""
        self.place.setCurrentWidget(self.region)
        if self.picture == "slice":
            self._draw_slice(labelled=labelled)
            return
        if self.picture == "places":
            self._draw_places()
            return
        if isinstance(self.region, RegionPlot):
            self.region.pixels = self._pixels()
        source, names = self._source()
        ended = source is not None and source is self._session.runs.evidence
        if source is not None and (ended or source.bounds is not None):
            from engine.figures.regions import region_figure

            figure = region_figure(source, names, self._kind)
            _show(self.region, figure, _NO_MAP, labelled=labelled)
        elif self._preview is not None and self._preview[0] == self._session.form.settings:
            of_input = self._preview[0].scheme.region_type.of_input
            _show(self.region, self._preview[1], _MAP_OF_INPUT if of_input else _NO_MAP)
        else:
            self.region.wait(_MAP_COMES)

    def _draw_places(self) -> None:
        """What is guaranteed of a model's numbers as it stands, on the image."""
        source, model = self._source()[0], self._session.loading.model
        if source is not None and source is self._session.runs.evidence:
            model = self._session.runs.evidence.model
        figure = None
        if source is not None and model is not None and model.outputs is not None:
            from engine.figures.places import claimed, places_figure

            claim = claimed(source.settings)
            figure = places_figure(model.outputs, source.intervals, claim, self._pixels())
        if figure is None or not figure.intervals or not figure.like(self.region.figure):
            _show(self.region, figure if figure and figure.intervals else None, _PLACES_COME)

    def _draw_slice(self, *, labelled: bool = True) -> None:
        """The ball as it stands, over the finest map there is of its slice."""
        images, (source, names) = self._session.illustrator, self._source()
        drawn, live = images.slice, images.sketch.slice
        finer = drawn is None or (live is not None and len(live.base) > len(drawn.base))
        final = source is None or source is self._session.runs.evidence
        figure = None
        if drawn is not None and not finer and final:
            figure = drawn.beside(source) if source is not None else drawn
        elif source is not None and source.bounds is not None and self.picture == "slice":
            known, reach = (live if finer else drawn), 0.0
            if (played := self._session.playback.evidence) is not None:
                known = known if played is self._session.runs.evidence else None
                reach = radius_of(played.region) or 0.0
            if known is None:
                from engine.figures.images import bare_slice

                figure = bare_slice(source, names, reach).beside(source)
            else:
                figure = known.growing_to(source.region).beside(source)
        _show(self.regions["slice"], figure, labelled=labelled)
        self._name_axes()

    def _name_axes(self) -> None:
        drawn = self.regions["slice"].figure
        self.axes.agree(drawn.axes if drawn is not None else None)

    def _draw_examples(self) -> None:
        images, played = self._session.illustrator, self._session.playback.evidence
        if played is not None and played is not self._session.runs.evidence:
            _show(self.examples, None, _OF_ANOTHER)
            return
        figure = images.examples or images.sketch.examples
        if figure is None or figure is not self.examples.figure:
            _show(self.examples, figure)

    def _pixels(self) -> Pixels | None:
        """The image that the plots are about, where it is the open one."""
        session = self._session
        fitted, played = session.loading.fitted, session.playback.evidence
        evidence = played if played is not None else session.runs.evidence
        if fitted is None or fitted.identity.kind != "image":
            return None
        same = evidence is None or evidence.input.sha256 == fitted.identity.sha256
        return fitted.pixels if same else None

    def _shown_settings(self) -> RunSettings | None:
        source, _ = self._source()
        return source.settings if source is not None else None

    def _source(self) -> tuple[Snapshot | Evidence | None, tuple[str, ...]]:
        """What is to be shown, and the names of its classes."""
        session = self._session
        if session.playback.snapshot is not None and session.playback.evidence is not None:
            return session.playback.snapshot, session.playback.evidence.model.class_names
        if session.loading.model is None:
            return None, ()
        if session.runs.evidence is not None:
            return session.runs.evidence, session.runs.evidence.model.class_names
        shown = session.runs.snapshot
        measured = shown is not None and shown.settings.kind == "measure"
        return shown, ANSWER if measured else session.loading.model.class_names


def _show(plot: Plot[Any], figure: Any | None, waiting: str = "", *, labelled: bool = True) -> None:
    if figure is not None:
        plot.show_figure(figure, labelled=labelled)
        return
    sentence = waiting or _WAITING[type(plot)]
    if plot.figure is not None or plot.waiting.text() != sentence:
        plot.wait(sentence)
