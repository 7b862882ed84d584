from __future__ import annotations

from engine.playground.false_claims import Tally
from gui.playground.rate_view import RateView
from gui.style import theme as themes


def test_curves_lie_at_their_shares(qtbot, qapp):
    view = RateView("careless", "careful")
    qtbot.addWidget(view)
    view.resize(700, 400)
    empty = view.grab().toImage()
    view.show_tallies([Tally(runs, runs * 2 // 10, runs // 50) for runs in range(20, 1001, 20)])
    image, theme = view.grab().toImage(), themes.current()
    heights = {}
    for ink in (theme.danger, theme.certified):
        found = [y for y in range(400) if image.pixelColor(200, y) == ink]
        heights[ink] = sum(found) / len(found)
    bottom, top = 400, 0
    assert top < heights[theme.danger] < heights[theme.certified] < bottom
    assert not any(image.pixelColor(640, y) == theme.danger for y in range(100, 390))
    assert empty != image
    assert view.accessibleDescription() == "1,000 runs: careless 200, careful 20 false claims."


def test_a_name_without_room_below_its_curve_stands_above_it(qtbot, qapp):
    view = RateView("careless", "careful")
    qtbot.addWidget(view)
    view.show_tallies([Tally(runs, runs * 3 // 10, runs // 20) for runs in range(20, 181, 20)])
    for height, above in ((140, True), (500, False)):
        view.resize(640, height)
        image = view.grab().toImage()
        green = [y for y in range(height) if image.pixelColor(60, y) == themes.current().certified]
        middle = sum(green) / len(green)
        words = [
            y
            for y in range(height)
            for x in range(60, 130)
            if (color := image.pixelColor(x, y)).green() > color.red() + 40 and abs(y - middle) > 6
        ]
        assert words and (max(words) < middle if above else min(words) > middle)
