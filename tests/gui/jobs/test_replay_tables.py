from __future__ import annotations

import pytest

from engine.replay.replay import replay
from engine.schemes import Ablation, Gaussian, HierarchicalGaussian, Sparse
from gui.jobs.replay_tables import curve, facts, header, percent, texts

VOTES = """idx,label,n0_0,n0_1,n_0,n_1
a,0,9,1,990,10
b,1,9,1,950,50
c,0,9,1,960,40
d,0,6,4,510,490
"""


@pytest.fixture
def result(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text(VOTES)
    return replay(
        path, scheme=Gaussian(sigma=0.5), alpha=0.001, bound="clopper-pearson", at=("radius=0.5",)
    )


def test_a_row_in_words(result):
    assert header(result) == (
        "Row", "Label", "Outcome", "Class", "Certified", "p lower", "n", "radius=0.5"
    )  # fmt: skip
    first, last = texts(result.rows[0]), texts(result.rows[3])
    assert first[:4] == ("a", "0", "certified", "0")
    assert float(first[4]) <= result.rows[0].radius
    assert first[6:] == ("1,000", "yes")
    assert last[2:5] == ("abstained", "", "")


def test_the_curve_counts_rows_that_are_right_and_certified(result):
    own, together = curve(result).curves
    radii = sorted(result.rows[place].radius for place in (0, 2))
    assert own.points[0] == (0.0, 0.5)
    assert own.points[-1] == (radii[1], 0.0)
    for radius in (0.1, 0.5, 0.8, 1.5):
        by_hand = sum(r > radius for r in radii) / 4
        assert [y for x, y in own.points if x <= radius][-1] == by_hand
    assert together.dashed and together.points[-1][0] < own.points[-1][0]


def test_all_rows_together(result):
    rows = dict(facts(result))
    assert rows["rows"] == "4" and rows["abstained"] == "1"
    assert rows["correct and certified"] == "50.00 %"
    assert float(rows["average radius"]) <= result.summary.acr
    assert rows["all at once, alpha 0.001"] == "50.00 %"
    assert rows["radius=0.5"] == "50.00 %"
    assert rows["radius=0.5, all at once, alpha 0.001"] == "50.00 %"
    least = rows["radius=0.5, population, if the rows are a random draw, 99.9 % confidence"]
    found = 100 * result.summary.population["radius=0.5"].population_lower
    assert least.startswith("at least ") and float(least.split()[2]) <= found


def test_a_replay_that_is_no_claim_says_so(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("idx,label,n_0,n_1\na,0,990,10\n")
    same = replay(path, scheme=Gaussian(), alpha=0.001, bound="live", selection="same")
    assert curve(same).subtitle.startswith("not independent: no valid claim")


def test_shares_are_rounded_down_from_the_fraction():
    assert percent(113 / 200, 200) == "56.50 %"
    assert percent(2 / 3, 3) == "66.66 %"
    assert percent(1.0, 7) == "100.00 %"


def made(tmp_path, scheme, *at):
    path = tmp_path / "v.csv"
    path.write_text(VOTES)
    return replay(path, scheme=scheme, alpha=0.001, bound="clopper-pearson", at=at)


def test_counted_things_have_a_curve_over_their_number(tmp_path):
    result = made(tmp_path, Ablation(entities=64, keep=5))
    (line,) = curve(result).curves
    most = [row.region.most for row in result.rows if row.predicted_class == row.label]
    assert line.points[-1] == (max(most) + 1, 0.0)
    assert dict(line.points)[1.0] == sum(one >= 1 for one in most) / 4
    certified = [row for row in result.rows if row.region is not None]
    assert texts(certified[0])[4] == certified[0].region.headline()


def test_a_staircase_has_a_curve_for_every_step(tmp_path):
    result = made(tmp_path, HierarchicalGaussian(sigma=0.25, p=0.9))
    lines = curve(result).curves
    assert [line.name for line in lines][:2] == ["1 pixel", "2 pixels"]
    for line in lines:
        shares = [y for _, y in line.points]
        assert shares == sorted(shares, reverse=True)
    reach = result.rows[0].region.reach
    assert max(x for x, _ in lines[0].points) == max(
        row.region.reach[0] for row in result.rows if row.region and row.label == 0
    )
    assert len(reach) >= 2


def test_a_map_has_a_curve_for_either_direction(tmp_path):
    result = made(tmp_path, Sparse(), "additions=1,deletions=2")
    assert [line.name for line in curve(result).curves] == ["additions alone", "deletions alone"]
    assert header(result)[-1] == "additions=1,deletions=2"


def test_without_a_certified_row_there_is_no_curve(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("idx,label,n0_0,n0_1,n_0,n_1\na,0,5,5,500,500\n")
    none = replay(path, scheme=Gaussian(), alpha=0.001, bound="clopper-pearson")
    assert curve(none) is None
