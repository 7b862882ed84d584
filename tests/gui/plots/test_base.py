"""What all plots share: export through the report's drawing, words, menu, keyboard, waiting."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from engine.core.errors import UserError
from engine.report import drawing
from gui.plots.bounds import BoundsPlot
from gui.plots.examples import ExamplesPlot
from gui.plots.light_cells import LightCellsPlot
from gui.plots.pictures import PLOTS
from gui.plots.places import PlacesPlot
from gui.plots.ring import RingPlot
from gui.plots.votes import VotesPlot
from gui.style.stylesheet import apply_theme
from tests.factories import make_image_examples, make_region_figure
from tests.gui.plots.test_light_cells import figure as light_cells
from tests.gui.plots.test_places import figure as places
from tests.gui.plots.test_ring import figure as ring
from tests.schemes import Brightness

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
    b"\x90wS\xde\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, str, bool]]:
    """Replaces the drawing with a record of what it was asked for."""
    calls: list[tuple[object, str, bool]] = []

    def render(figure: object, fmt: str, *, dark: bool = False) -> bytes:
        calls.append((figure, fmt, dark))
        return PNG if fmt == "png" else b"<svg/>"

    monkeypatch.setattr(drawing, "render_figure", render)
    monkeypatch.setattr(drawing, "figure_csv", lambda figure: f"of,{id(figure)}\n")
    return calls


@pytest.fixture
def plot(shown, votes) -> VotesPlot:
    plot = shown(VotesPlot())
    plot.show_figure(votes())
    return plot


def test_saving_draws_the_data_that_is_shown(plot, drawn, tmp_path: Path, qtbot) -> None:
    for fmt in ("png", "svg"):
        with qtbot.waitSignal(plot.notice) as notice:
            plot.save(tmp_path / f"votes.{fmt}")
        assert notice.args == ["written", str(tmp_path / f"votes.{fmt}")]
    assert drawn == [(plot.figure, "png", False), (plot.figure, "svg", False)]
    assert (tmp_path / "votes.png").read_bytes() == PNG
    plot.save(tmp_path / "votes.csv")
    assert (tmp_path / "votes.csv").read_text() == f"of,{id(plot.figure)}\n"


def test_the_real_drawing_writes_every_format(plot, tmp_path: Path) -> None:
    for fmt, start in (("png", b"\x89PNG"), ("svg", b"<svg"), ("csv", b"")):
        plot.save(tmp_path / f"votes.{fmt}")
        assert (tmp_path / f"votes.{fmt}").read_bytes().startswith(start)
    assert "98403" in (tmp_path / "votes.csv").read_text()


def test_a_dark_theme_exports_a_dark_figure(plot, drawn, tmp_path: Path, qapp) -> None:
    apply_theme(qapp, "dark")
    plot.save(tmp_path / "votes.png")
    assert drawn[-1][2] is True


def test_on_stage_a_subtitle_has_two_lines_and_buttons_are_as_large_as_type(plot, qapp) -> None:
    side = plot.more.iconSize().width()
    apply_theme(qapp, "light", stage=(1920, 1080))
    assert plot.subtitle.lines == 2 and plot.more.iconSize().width() > 2 * side
    apply_theme(qapp, "light")
    assert plot.subtitle.lines == 1 and plot.more.iconSize().width() == side


def test_copying_puts_an_image_on_the_clipboard(plot, drawn, qtbot) -> None:
    with qtbot.waitSignal(plot.notice) as notice:
        qtbot.keyClick(plot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert notice.args == ["info", "Votes: image copied."]
    assert not QGuiApplication.clipboard().image().isNull()


def test_an_unknown_suffix_is_refused(plot, tmp_path: Path, qtbot) -> None:
    with qtbot.waitSignal(plot.notice) as failed:
        plot.save(tmp_path / "votes.gif")
    assert failed.args == ["error", "Cannot save votes.gif: choose .png, .svg, .pdf or .csv."]


def test_nothing_to_export_is_said(shown, qtbot, tmp_path: Path) -> None:
    plot = shown(VotesPlot())
    with qtbot.waitSignal(plot.notice) as failed:
        plot.save(tmp_path / "votes.png")
    assert failed.args == ["error", "Votes: there is nothing to export yet."]
    assert not (tmp_path / "votes.png").exists()


def test_a_place_that_cannot_be_written_is_one_sentence(plot, drawn, tmp_path, qtbot) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with qtbot.waitSignal(plot.notice) as failed:
        plot.save(blocker / "votes.png")
    assert failed.args[1].startswith(f"Cannot write {blocker / 'votes.png'}: ")


def test_a_drawing_that_fails_is_one_sentence(plot, monkeypatch, tmp_path: Path, qtbot) -> None:
    def refuse(figure: object, fmt: str, *, dark: bool = False) -> bytes:
        raise UserError("The disk is full.")

    monkeypatch.setattr(drawing, "render_figure", refuse)
    with qtbot.waitSignal(plot.notice) as failed:
        plot.copy_image()
    assert failed.args == ["error", "The disk is full."]


def test_the_dialog_stops_nothing_and_saves_what_is_chosen(plot, drawn, tmp_path, qtbot) -> None:
    plot.ask_and_save("svg")
    dialog = plot.findChild(QFileDialog)
    assert dialog.isVisible()
    assert dialog.windowModality() is not Qt.WindowModality.ApplicationModal
    with qtbot.waitSignal(plot.notice):
        dialog.fileSelected.emit(str(tmp_path / "chosen.svg"))
    assert (tmp_path / "chosen.svg").read_bytes() == b"<svg/>"
    dialog.close()


def test_what_was_shown_when_a_dialog_opened_is_saved(plot, votes, drawn, tmp_path, qtbot) -> None:
    """A replay may end while it is open, and the plot is about another run then."""
    shown = plot.figure
    plot.ask_and_save("svg")
    plot.show_figure(votes(n_estimation=5))
    with qtbot.waitSignal(plot.notice):
        plot.findChild(QFileDialog).fileSelected.emit(str(tmp_path / "chosen.svg"))
    assert [figure for figure, *_ in drawn] == [shown]
    plot.findChild(QFileDialog).close()


def test_a_slide_is_written_in_its_own_proportions(plot, tmp_path: Path, qtbot) -> None:
    with qtbot.waitSignal(plot.notice):
        plot.save_slide(tmp_path / "s.png")
    drawn = QImage(str(tmp_path / "s.png"))
    assert (drawn.width(), drawn.height()) == (1920, 1080)
    with qtbot.waitSignal(plot.notice) as refused:
        plot.save_slide(tmp_path / "s.csv")
    assert refused.args == ["error", "Cannot save s.csv: choose .png, .svg or .pdf."]


def test_the_menu_asks_for_a_slide(plot) -> None:
    next(one for one in plot.menu.actions() if one.text() == "Save as slide...").trigger()
    dialog = plot.findChild(QFileDialog)
    assert [name.split()[0] for name in dialog.nameFilters()] == ["PNG", "SVG", "PDF"]
    dialog.close()


def test_the_menu_offers_every_format(plot, monkeypatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(plot, "ask_and_save", asked.append)
    texts = [action.text() for action in plot.menu.actions()]
    assert texts[:5] == ["Copy image", "Save PNG...", "Save SVG...", "Save PDF...", "Save CSV..."]
    for action in plot.menu.actions()[1:5]:
        action.trigger()
    assert asked == ["png", "svg", "pdf", "csv"]
    assert plot.more.menu() is plot.menu


def test_a_plot_is_reached_and_opened_by_keyboard(plot, qtbot) -> None:
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    assert plot.focusPolicy() == Qt.FocusPolicy.StrongFocus
    assert plot.more.focusPolicy() != Qt.FocusPolicy.NoFocus
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    qtbot.waitUntil(plot.menu.isVisible)
    plot.menu.close()


def test_screen_readers_hear_name_and_numbers(plot) -> None:
    spoken = QAccessible.queryAccessibleInterface(plot)
    assert spoken.text(QAccessible.Text.Name) == "Votes"
    assert "7: 98,403" in spoken.text(QAccessible.Text.Description)
    assert plot.more.accessibleName() == "Copy or save: Votes"


@pytest.mark.thorough
def test_what_is_heard_catches_up_within_a_second(plot, votes, qtbot) -> None:
    plot.show_figure(votes(top=2))
    plot.show_figure(votes(estimation=(0,) * 9 + (12_345,)))
    assert "12,345" not in plot.accessibleDescription()
    qtbot.waitUntil(lambda: "12,345" in plot.accessibleDescription(), timeout=3000)


@pytest.mark.parametrize("kind", [VotesPlot, BoundsPlot, ExamplesPlot, *PLOTS.values()])
def test_a_plot_waits_with_a_sentence_until_there_is_data(kind, shown, request, qtbot) -> None:
    fixture = {VotesPlot: "votes", BoundsPlot: "bounds"}
    plot = shown(kind())
    plot.wait("Votes appear here.")
    assert plot.waiting.isVisible() and not plot.body.isVisible()
    assert plot.accessibleDescription() == "Votes appear here."
    regions = {"bars": ("count", {}), "map": ("cells", {}), "terms": ("", {"scheme": Brightness()})}
    known = {PLOTS[picture]: facts for picture, facts in regions.items()}
    if kind in known:
        plot.show_figure(make_region_figure(known[kind][0], **known[kind][1]))
    elif kind in (ExamplesPlot, RingPlot, PlacesPlot, LightCellsPlot):
        made = {
            ExamplesPlot: make_image_examples,
            RingPlot: ring,
            LightCellsPlot: lambda: light_cells("scsvo"),
        }
        plot.show_figure(made[kind]() if kind in made else places(0.1, 0.4))
    else:
        plot.show_figure(request.getfixturevalue(fixture.get(kind, "slices"))())
    assert plot.body.isVisible() and not plot.waiting.isVisible()
    plot.wait("Again.")
    assert plot.figure is None and plot.waiting.text() == "Again."
