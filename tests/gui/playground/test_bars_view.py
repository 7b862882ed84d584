from __future__ import annotations

from gui.playground.bars_view import BarsView
from gui.playground.marks import color_of
from gui.style import theme as themes


def test_bars_are_as_long_as_their_shares(experiment, qtbot):
    bars = BarsView(experiment)
    qtbot.addWidget(bars)
    bars.resize(500, bars.sizeHint().height())
    experiment.step()
    image = bars.grab().toImage()
    lengths = [
        sum(
            image.pixelColor(x, bars._line() * index + bars._line() // 3)
            == color_of(index, themes.current())
            for x in range(500)
        )
        for index in range(2)
    ]
    counts = bars.counts()
    assert sum(counts) == 900
    assert abs(lengths[0] / sum(lengths) - counts[0] / 900) < 0.03
    assert bars.accessibleDescription() == f"blue: {counts[0]}, orange: {counts[1]}"


def test_the_selection_has_bars_of_its_own_on_request(experiment, qtbot):
    bars = BarsView(experiment, selection=True)
    qtbot.addWidget(bars)
    bars.resize(500, bars.sizeHint().height())
    plain = bars.grab().toImage()
    experiment.step()
    first = experiment.standing.selection.counts
    assert bars.accessibleDescription().endswith(f"selection blue: {first[0]}, orange: {first[1]}")
    assert bars.grab().toImage() != plain
    without = BarsView(experiment)
    qtbot.addWidget(without)
    without.resize(bars.size())
    assert without.grab().toImage() != bars.grab().toImage()
