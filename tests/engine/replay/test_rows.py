"""Rows that are made when they are looked at."""

import numpy as np

from engine.replay.replay import distinct, replay
from engine.replay.rows import NO_LABEL, ReplayRows
from engine.schemes import Gaussian

TEXT = "idx,label,n_0,n_1\na,0,990,10\nb,1,990,10\nc,1,10,990\nd,0,500,500\n"


def test_rows_share_claims_and_keep_their_own_class(votes_file):
    found = replay(votes_file(TEXT), scheme=Gaussian(), alpha=0.01, bound="live", selection="same")
    rows = found.rows
    assert len(rows.claims) == 2  # 990 of 1000, and 500 of 1000
    assert [row.predicted_class for row in rows] == [0, 0, 1, None]
    assert [row.bounds.top for row in rows] == [0, 0, 1, 0]
    assert rows[0].region == rows[2].region and rows[-1].region is None
    assert [row.idx for row in rows[1:3]] == ["b", "c"]
    assert rows.correct.tolist() == [True, False, True, False]
    again = ReplayRows.of(tuple(rows))
    assert again == rows and again.radii[:3].tolist() == rows.radii[:3].tolist()
    assert again != ReplayRows.of(rows[1:])


def test_distinct_against_a_dictionary():
    drawn = np.random.default_rng(0).integers(0, 4, (3, 200))
    first, which = distinct(list(drawn))
    known = {}
    for place, row in enumerate(zip(*drawn.tolist(), strict=True)):
        assert first[which[place]] == known.setdefault(row, place)
    assert len(first) == len(known)


def test_without_labels_nothing_is_right(votes_file):
    path = votes_file("0 0 990 10\n0 10 980 10\n")
    found = replay(path, scheme=Gaussian(), alpha=0.01, bound="live", selection="same")
    assert {row.label for row in found.rows} == {NO_LABEL}
    assert found.summary.clean_accuracy is found.summary.acr is None
    assert found.summary.population == {} and found.summary.abstained == 0
    assert any(note.startswith("The file has no header") for note in found.notes)
