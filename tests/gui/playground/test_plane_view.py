from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from engine.playground.laws import LAWS
from gui.playground.plane_view import PlaneView
from gui.style import theme as themes


def view_of(experiment, qtbot) -> PlaneView:
    view = PlaneView(experiment)
    qtbot.addWidget(view)
    view.resize(420, 400)
    view.show()
    return view


def middle(view: PlaneView, at: tuple[float, float]):
    return view._pixel(at).toPoint()


def test_the_mouse_takes_the_point_along(experiment, qtbot):
    view = view_of(experiment, qtbot)
    spot = view.spot(QPointF(middle(view, (1.0, -0.5))))
    assert abs(spot[0] - 1.0) < 0.02 and abs(spot[1] + 0.5) < 0.02
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=middle(view, (1.0, -0.5)))
    assert abs(experiment.at[0] - 1.0) < 0.02 and abs(experiment.at[1] + 0.5) < 0.02


def test_arrows_move_the_point_and_push_it(experiment, qtbot):
    view = view_of(experiment, qtbot)
    experiment.move((0.0, 1.0))
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert experiment.at == (0.1, 1.01)
    experiment.step()
    view.task = "push"
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert experiment.pushed is not None and round(experiment.pushed.to[1], 9) == 0.81
    assert experiment.at == (0.1, 1.01)


def test_the_region_is_drawn_in_the_shape_of_its_norm(experiment, qtbot):
    """Pixels of the region's colour lie where its norm says, and not beyond."""
    view = view_of(experiment, qtbot)
    view.show_exact(on=False)
    experiment.points = type(experiment.points)(
        experiment.points.xy[:0], experiment.points.labels[:0], 2
    )
    for law, inside, outside in (
        (LAWS[0], (0.69, 0.69), (0.75, 0.75)),
        (LAWS[1], (0.48, 0.48), (0.55, 0.55)),
        (LAWS[4], (0.97, 0.97), (1.12, 0.0)),
    ):
        experiment.declare(law=law, n=100_000)
        experiment.move((-1.5, 1.8))
        experiment.pace = 200_000
        experiment.step()
        region = experiment.standing.claimed
        assert region is not None
        experiment.cloud.clear()
        view.redraw()
        before = view.grab().toImage()
        x, y = experiment.at
        ground = before.pixelColor(middle(view, (2.8, -2.8)))
        for share, drawn in ((inside, True), (outside, False)):
            at = middle(view, (x + share[0] * region.radius, y + share[1] * region.radius))
            green = before.pixelColor(at)
            blue = before.pixelColor(middle(view, (-2.9, -2.0)))
            assert (green != blue) is drawn, (law.title, share, ground)


def test_what_is_drawn_is_told(experiment, qtbot):
    view = view_of(experiment, qtbot)
    experiment.step()
    assert "Certified 'blue' within l2 distance 0." in view.accessibleDescription()
    experiment.move((0.0, 0.0))
    assert "Nothing is certified." in view.accessibleDescription()


def test_samples_of_an_earlier_run_are_wiped(experiment, qtbot):
    view = view_of(experiment, qtbot)
    experiment.move((-2.0, 2.0))
    experiment.step()
    view.grab()
    assert stamped(view)
    experiment.move((2.0, -2.0))
    view.grab()
    assert not stamped(view)


def stamped(view: PlaneView) -> bool:
    pixels, side = view._stamps.image(), view._stamps.side
    return any(
        pixels.pixelColor(x, y).alpha() for x in range(0, side, 3) for y in range(0, side, 3)
    )


def test_themes_are_followed(experiment, qtbot, qapp):
    from gui.style.stylesheet import apply_theme

    view = view_of(experiment, qtbot)
    view.grab()
    apply_theme(qapp, "dark")
    corner = view.grab().toImage().pixelColor(2, 2)
    assert corner == themes.current().surface
