from __future__ import annotations

from gui.widgets.changes import ChangeSlider

CHANGES = tuple({"entities": float(r), "epsilon": 0.5 / r} for r in (1, 2, 3, 4))


def words(change: dict[str, float]) -> str:
    return f"{change['entities']:g} pixels"


def test_it_starts_in_the_middle_and_goes_through_all(qtbot) -> None:
    slider = ChangeSlider()
    qtbot.addWidget(slider)
    slider.offer(CHANGES, words)
    assert slider.change() == CHANGES[2]
    heard = []
    slider.chosen.connect(heard.append)
    slider.slider.setValue(0)
    slider.slider.setValue(3)
    assert heard == [CHANGES[0], CHANGES[3]]
    assert slider.slider.accessibleDescription() == "4 pixels"


def test_the_same_offer_leaves_it_where_it_is(qtbot) -> None:
    slider = ChangeSlider()
    qtbot.addWidget(slider)
    slider.offer(CHANGES, words)
    slider.slider.setValue(3)
    slider.offer(CHANGES, words)
    assert slider.change() == CHANGES[3]


def test_it_follows_a_choice_made_elsewhere_silently(qtbot) -> None:
    slider = ChangeSlider()
    qtbot.addWidget(slider)
    slider.offer(CHANGES, words)
    with qtbot.assertNotEmitted(slider.chosen):
        slider.follow({"entities": 2.0, "epsilon": 0.1})
    assert slider.change() == CHANGES[1]


def test_without_a_choice_it_hides(qtbot) -> None:
    slider = ChangeSlider()
    qtbot.addWidget(slider)
    slider.show()
    slider.offer((), words)
    assert slider.change() is None and not slider.isVisible()
    slider.follow(CHANGES[0])
    slider.offer(CHANGES[:1], words)
    assert slider.change() == CHANGES[0] and not slider.isVisible()
    slider.offer(CHANGES, words)
    assert slider.isVisible()
