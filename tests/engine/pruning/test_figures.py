"""Histograms whose areas are the channels."""

from __future__ import annotations

import pytest

from engine.pruning.figures import BINS, score_figure
from engine.pruning.records import ChannelScore, MapCounts, PrunedRow


def test_outlines_hold_every_channel_once() -> None:
    scores = [0.5, -3.0, 2.0, 2.1, 0.4, 1.0]
    cut = tuple(
        ChannelScore(layer="conv1", channel=i, score=score, kept=score > 0.45)
        for i, score in enumerate(scores)
    )
    maps = MapCounts(certified=1, violated=0, open=0, seconds=0.1, unstable=1.0)
    row = PrunedRow(method="usn", seed=2, weights=5, accuracy=1.0, maps=maps, cuts=(cut, cut))
    figure = score_figure(row, 1)
    assert figure.title == "Scores before cut 2 of 2" and "USN (reconstructed)" in figure.subtitle
    kept, gone = figure.curves
    assert (kept.name, gone.name) == ("kept (4)", "pruned (2)")
    for curve, count in ((kept, 4), (gone, 2)):
        xs, ys = zip(*curve.points, strict=True)
        assert list(xs) == sorted(xs) and (xs[0], xs[-1]) == (-3.0, 2.1)
        area = sum((b - a) * y for a, b, y in zip(xs, xs[1:], ys, strict=False))
        assert area * BINS / 5.1 == pytest.approx(count)
    assert gone.at(-2.95) == 1.0 and kept.at(-2.95) == 0.0
