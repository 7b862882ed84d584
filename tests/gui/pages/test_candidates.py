from __future__ import annotations

import pytest

from engine.comparison import Candidate
from engine.models.request import ModelRequest
from engine.schemes import Ablation, Gaussian
from gui.pages.candidates import Results, WhoPanel


def gaussian(sigma: float) -> Candidate:
    return Candidate(model=f"demo:{sigma}", name=f"net {sigma}", scheme=Gaussian(sigma=sigma))


@pytest.fixture
def who(qtbot, qapp):
    panel = WhoPanel()
    qtbot.addWidget(panel)
    panel.offer((gaussian(0.25), gaussian(0.5)))
    return panel


def test_all_take_part_until_they_are_unchecked(who, qtbot):
    assert [one.name for one in who.chosen] == ["net 0.25", "net 0.5"]
    with qtbot.waitSignal(who.changed):
        who.boxes[0].click()
    assert [one.name for one in who.chosen] == ["net 0.5"]


def test_boxes_bear_the_scheme_and_tell_the_model(who):
    assert [box.text() for box in who.boxes] == ["Gaussian, sigma 0.25", "Gaussian, sigma 0.5"]
    assert who.boxes[0].toolTip() == "net 0.25 (demo:0.25)"
    assert "sigma 0.25" in who.boxes[0].accessibleDescription()


def test_an_ensemble_is_called_so_below_its_scheme(who):
    whole = ModelRequest("a", others=("b",), combine="votes")
    who.offer((Candidate(model=whole, name="ensemble of 2", scheme=Gaussian(sigma=1.0)),))
    assert who.boxes[-1].text() == "Gaussian, sigma 1"
    said = who.boxes[-1].accessibleDescription()
    assert said == "a + b, combine=votes, ensemble of 2; Gaussian, sigma 1 (pixels in [0,1])"


def test_pixels_are_kept(who):
    who.offer((Candidate(model="own", name="own", scheme=Ablation(entities=64, keep=12)),))
    assert "12 of 64 pixels kept" in who.boxes[-1].accessibleDescription()


def test_one_that_is_known_is_not_added_again(who):
    other = Candidate(model="own", name="own", scheme=Ablation(entities=64, keep=12))
    who.offer((gaussian(0.25), other))
    assert [box.text() for box in who.boxes][-1] == "Ablation" and len(who.boxes) == 3


def test_one_that_is_asked_for_again_is_ticked_or_it_is_said_that_it_takes_part(who):
    assert who.admit(gaussian(0.5)) == "Gaussian, sigma 0.5 of net 0.5 takes part already."
    who.boxes[1].click()
    assert who.admit(gaussian(0.5)) == "" and who.boxes[1].isChecked()
    assert who.admit(gaussian(1.0)) == "" and len(who.chosen) == 3
    who.offer(tuple(gaussian(sigma) for sigma in (0.1, 0.2, 0.3, 0.4)))
    assert who.admit(gaussian(0.4)) == (
        "Gaussian, sigma 0.4 of net 0.4 is in the list; "
        "6 take part at most; uncheck one to make room."
    )
    assert len(who.chosen) == 6


def test_a_box_is_as_wide_as_its_words(who):
    who.resize(600, 300)
    who.show()
    for box in who.boxes:
        assert box.width() == box.sizeHint().width() < 500


def test_no_more_than_can_be_told_apart(who):
    who.offer(tuple(gaussian(sigma) for sigma in (0.1, 0.2, 0.3, 0.4, 0.6)))
    assert len(who.chosen) == 6 and not who.boxes[-1].isEnabled()
    who.boxes[0].click()
    assert who.boxes[-1].isEnabled()


def test_where_six_take_part_it_is_said_how_one_more_can(who):
    assert not who.hint.isVisibleTo(who)
    who.offer(tuple(gaussian(sigma) for sigma in (0.1, 0.2, 0.3, 0.4, 0.6)))
    assert who.hint.text() == "6 take part at most; uncheck one to make room."
    who.boxes[0].click()
    assert who.hint.text() == ""


def test_the_open_model_is_asked_for(who, qtbot):
    with qtbot.waitSignal(who.ask_open):
        who.add_open.click()


def test_another_model_is_asked_for(who, qtbot):
    with qtbot.waitSignal(who.ask):
        who.add.click()


def test_where_nobody_can_take_part_that_is_said(qtbot, qapp):
    panel = WhoPanel()
    qtbot.addWidget(panel)
    panel.offer(())
    assert panel.hint.text() == "No shipped model certifies against such an attacker."


def test_results_change_in_place(qtbot, qapp):
    results = Results()
    qtbot.addWidget(results)
    results.show_results(("a", "b"), ("x", "y"), [(True, "holds"), (False, "not")])
    label = results._grid.itemAtPosition(0, 3).widget()
    assert label.text() == "holds" and label.property("role") == "certified"
    results.show_results(("a", "b"), ("x", "y"), [(False, "falls"), (False, "not")])
    assert results._grid.itemAtPosition(0, 3).widget() is label
    assert label.text() == "falls" and results.texts == ["falls", "not"]
