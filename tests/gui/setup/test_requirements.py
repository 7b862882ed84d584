from __future__ import annotations

import pytest

from engine.evidence.settings import CertifySettings
from engine.planning.prospect import prospect
from engine.schemes import Gaussian
from engine.schemes.hybrid_mask import HybridMask
from gui.setup.requirements import NeedsView


@pytest.fixture
def view(qtbot):
    view = NeedsView()
    qtbot.addWidget(view)
    return view


def lines(view):
    return [
        (name.text(), value.text(), value.property("role") or "")
        for name, value in view._lines
        if not name.isHidden()
    ]


def test_no_change_one_word_and_what_votes_reach(view):
    view.show_prospect(prospect(CertifySettings(scheme=HybridMask(beta=0.8), n=1000, bound="live")))
    assert lines(view) == [
        ("0 words", "0.5000", ""),
        ("1 word", "0.7001", ""),
        ("n = 1,000 reaches at most", "0.9930", ""),
    ]
    assert view.heading.text() == "Required p_lower at beta 0.8, sigma 0.25"
    assert view.accessibleDescription() == view.text()
    assert not view.isHidden()


def test_what_cannot_be_is_marked_by_colour_and_sign(view):
    view.show_prospect(prospect(CertifySettings(scheme=HybridMask(beta=0.4), n=1000)))
    assert lines(view)[1] == ("1 word", "✕ no probability suffices", "provisional")
    assert view.sentence.property("role") == "provisional"
    assert "1 word is not certified" in view.text()


def test_a_norm_has_no_lines(view):
    view.show_prospect(prospect(CertifySettings(scheme=HybridMask(), n=1000)))
    view.show_prospect(prospect(CertifySettings(scheme=Gaussian(), n=1000)))
    assert lines(view) == [] and view.heading.text() == ""
    assert view.sentence.text().startswith("If all 1,000 votes agree: R = ")


def test_while_it_waits_no_number_stays(view):
    view.show_prospect(prospect(CertifySettings(scheme=HybridMask(beta=0.4), n=1000)))
    view.wait()
    assert [value for _, value, _ in lines(view)] == ["…"] * 3
    assert {role for *_, role in lines(view)} == {""}
    assert view.heading.text() == "Required p_lower"
    assert view.sentence.text() == "These settings are looked at when the engine is free."
    assert view.accessibleDescription() == view.sentence.text()
    view.clear()
    assert view.isHidden() and view.text() == ""
