from __future__ import annotations

import pytest

from engine.report.plots.counts import draw
from tests.factories import make_region_figure


@pytest.mark.parametrize("share", [0.75, 0.95])
def test_certified_bars_end_below_the_line(share: float) -> None:
    figure = make_region_figure("count", share=share)
    data = draw(figure).data
    for count, bar in enumerate(data["bars"]):
        assert (bar["state"] == "certified") == (count <= figure.region.most)
        assert (bar["height"] < data["now"]) == (bar["state"] == "certified")
    assert data["bars"][-1]["state"] == "never"
    assert data["claim"] == figure.region.headline()


def test_p_lower_is_rounded_down_and_named_provisional() -> None:
    figure = make_region_figure("count")
    text = draw(figure).data["now-text"]
    assert float(text.removeprefix("p lower ")) <= figure.standing.p_lower
    data = draw(make_region_figure("count", bound="clopper-pearson")).data
    assert data["now-text"].endswith(" (provisional)") and not data["valid"]
    assert data["claim"] == "nothing is certified"


def test_ticks_stand_where_the_bars_are_measured() -> None:
    figure = make_region_figure("count")
    data = draw(figure).data
    low, high = data["y-ticks"][0], data["y-ticks"][-1]
    share = (data["bars"][2]["height"] - low["at"]) / (high["at"] - low["at"])
    value = float(low["text"]) + share * (float(high["text"]) - float(low["text"]))
    assert value == pytest.approx(float(figure.needs.required[2]))


def test_the_reach_is_drawn_while_votes_are_to_come() -> None:
    assert draw(make_region_figure("count")).data["reach"] is not None
    assert draw(make_region_figure("count", n=10_000)).data["reach"] is None
