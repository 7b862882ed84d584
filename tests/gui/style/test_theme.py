"""Themes: contrast of every pair of tokens, palette, scale, live plots, class cues."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from gui.style import theme as themes
from gui.style.stylesheet import apply_theme, palette
from gui.style.theme import TEXT_PAIRS, THEMES, Theme, mixed, rgba, set_role


@pytest.fixture(autouse=True)
def light_again(qapp: QApplication) -> Iterator[None]:
    yield
    apply_theme(qapp, "light")


def luminance(color: str) -> float:
    """WCAG 2.2: relative luminance."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_reference_contrast_is_right() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read(theme: Theme, ink: str, ground: str) -> None:
    least = 7.0 if theme.name == "high-contrast" else 4.5
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= least


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("ground", ["window", "surface", "sunken"])
def test_the_focus_ring_can_be_seen(theme: Theme, ground: str) -> None:
    assert contrast(theme.focus, getattr(theme, ground)) >= 3


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_thirty_classes_differ_in_colour_or_hatch(theme: Theme) -> None:
    count = len(theme.classes) * 4
    looks = {(theme.class_color(i), theme.class_pattern(i)) for i in range(count)}
    assert len(looks) == count
    assert theme.accent not in theme.classes


def test_the_chosen_class_is_solid_and_in_the_accent() -> None:
    theme = THEMES["light"]
    assert theme.class_color(8, chosen=True) == theme.accent
    assert theme.class_pattern(8, chosen=True) is Qt.BrushStyle.SolidPattern


@pytest.mark.parametrize("name", THEMES)
def test_apply_theme_sets_fusion_palette_and_style_sheet(qapp: QApplication, name: str) -> None:
    theme = apply_theme(qapp, name)
    assert themes.current() is theme
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(theme.window)
    assert qapp.palette().color(QPalette.ColorRole.Highlight) == QColor(theme.accent)
    assert theme.surface in qapp.styleSheet()
    assert qapp.font().pointSizeF() == pytest.approx(theme.points("body"))


def test_an_unknown_theme_gives_the_light_one(qapp: QApplication) -> None:
    assert apply_theme(qapp, "sepia").name == "light"


def test_talk_mode_scales_type_and_lengths(qapp: QApplication) -> None:
    theme = apply_theme(qapp, "dark", scale=1.6)
    assert theme.font("title").pointSizeF() == pytest.approx(1.6 * themes.POINTS["title"])
    assert theme.px(10) == pytest.approx(16)
    assert f"font-size: {theme.points('title'):g}pt" in qapp.styleSheet()
    assert qapp.font().pointSizeF() == pytest.approx(1.6 * themes.POINTS["body"])
    assert apply_theme(qapp, "dark", stage=themes.STAGE).scale == themes.TALK_SCALE


def test_a_change_of_theme_is_announced(qapp: QApplication, qtbot) -> None:
    with qtbot.waitSignal(themes.registry.changed):
        apply_theme(qapp, "dark")


def test_a_deleted_widget_hears_nothing_more(qapp: QApplication) -> None:
    heard: list[str] = []

    class Listener(QLabel):
        def retheme(self) -> None:
            heard.append(self.text())

    kept, deleted = Listener("kept"), Listener("deleted")
    for label in (kept, deleted):
        themes.registry.follow(label.retheme)
    shiboken6.delete(deleted)
    apply_theme(qapp, "dark")
    assert heard == ["kept"]


def test_what_is_disabled_looks_it_and_is_still_legible() -> None:
    for theme in THEMES.values():
        assert contrast(theme.off, theme.sunken) >= 3
        assert contrast(theme.off, theme.sunken) < contrast(theme.muted, theme.sunken)


def test_scroll_bars_and_rules_can_be_seen_in_high_contrast() -> None:
    theme = THEMES["high-contrast"]
    for token in ("handle", "grid", "quiet_edge"):
        assert contrast(getattr(theme, token), theme.surface) >= 3


def test_disabled_text_is_off() -> None:
    theme = THEMES["dark"]
    group = QPalette.ColorGroup.Disabled
    assert palette(theme).color(group, QPalette.ColorRole.Text) == QColor(theme.off)


def test_a_role_takes_effect_on_a_living_widget(qapp: QApplication, qtbot) -> None:
    apply_theme(qapp, "light")
    label = QLabel("R = 0.633")
    qtbot.addWidget(label)
    label.show()
    set_role(label, "headline")
    assert label.font().bold()
    assert label.font().pointSizeF() == pytest.approx(themes.POINTS["headline"])


def test_a_colour_is_four_numbers() -> None:
    assert rgba(QColor("#80102030")) == (16, 32, 48, 128)


def test_mixing_goes_from_ground_to_colour() -> None:
    assert mixed("#FF0000", "#0000FF", 0.0).getRgb() == (0, 0, 255, 255)
    assert mixed("#FF0000", "#0000FF", 1.0).getRgb() == (255, 0, 0, 255)
    assert mixed("#FF0000", "#0000FF", 0.4).getRgb() == (102, 0, 153, 255)


def test_what_is_out_of_sight_is_told_when_it_comes_in_sight(qapp: QApplication, qtbot) -> None:
    told: list[str] = []

    class Part(QLabel):
        def retheme(self) -> None:
            told.append(themes.current().name)

    window = QLabel()
    qtbot.addWidget(window)
    part = Part(window)
    themes.registry.follow(part.retheme)
    apply_theme(qapp, "dark")
    assert told == ["dark"]  # nobody sees the window: nobody waits for anything
    window.show()
    part.hide()
    for name in ("light", "dark", "high-contrast"):
        apply_theme(qapp, name)
    assert told == ["dark"]
    part.show()
    assert told == ["dark", "high-contrast"]
    part.hide()
    part.show()
    assert len(told) == 2


def test_what_comes_in_sight_under_the_theme_that_it_has_is_left_alone(qapp, qtbot) -> None:
    told: list[str] = []

    class Part(QLabel):
        def retheme(self) -> None:
            told.append(themes.current().name)

    window = QLabel()
    qtbot.addWidget(window)
    apply_theme(qapp, "light")
    part = Part(window)
    themes.registry.follow(part.retheme)
    window.show()
    part.hide()
    for name in ("dark", "light"):
        apply_theme(qapp, name)
    part.show()
    assert told == []
    part.hide()
    apply_theme(qapp, "dark")
    part.show()
    assert told == ["dark"]
    apply_theme(qapp, "light")
