"""What a sweep's anchors came to, beside a linear classifier's own evidence."""

from __future__ import annotations

import pytest

from engine.bounds import eprocess
from engine.certificates.anchors import alpha_of_cell
from engine.evidence.settings import CertifySettings, declared
from engine.figures.anchors import NEEDED, over_n
from engine.procedures.beginning import begin
from engine.procedures.certify import certify
from engine.procedures.playback import played
from engine.schemes.rotation import Rotation
from tests.engine.procedures.test_sweep import Along, answers, given, weights_of
from tests.fakes import HalfSpace, finish, fitted

NAMES = ("a", "b")


@pytest.fixture(scope="module")
def run():
    """Every snapshot of a sweep, and its evidence."""
    scheme, weights = Rotation(sigma=0.3, degrees=60), weights_of(0)
    threshold = float(answers(scheme, weights, [0.0])[0] - 0.2)
    settings = declared("certify", scheme, {"seed": 3, "n": 1_000, "n0": 50})
    going, snapshots = begin(Along(weights, threshold), given(), settings), []
    while True:
        try:
            snapshots.append(next(going))
        except StopIteration as ended:
            return snapshots, ended.value


def test_each_point_is_an_anchor_by_its_own_votes_and_share_of_alpha(run) -> None:
    _, evidence = run
    figure = over_n(evidence, NAMES)
    assert figure is not None and figure.anchored and figure.dashed == NEEDED
    total, held = 0, 0
    for point, needed, anchor, block in zip(
        figure.points, figure.provisional, evidence.anchors, evidence.chain.blocks, strict=False
    ):
        total += block.n
        alpha = alpha_of_cell(evidence.settings.alpha, anchor.cell)
        k = block.counts[evidence.top]
        assert point.n == needed.n == total and point.valid
        assert point.p_lower == eprocess.lower(k, block.n, alpha)
        least = evidence.settings.scheme.p_needed(anchor.distance)
        assert needed.p_lower == min(1.0, least)
        held += point.p_lower > needed.p_lower
    assert held >= len(evidence.region.anchors) > 1
    assert len(figure.points) >= len(evidence.anchors) - 1  # the last one may have failed


def test_a_run_at_work_and_its_replay_show_the_same_anchors(run) -> None:
    snapshots, evidence = run
    last = over_n(snapshots[-1], NAMES)
    assert last is not None and last.points == over_n(evidence, NAMES).points
    assert over_n(snapshots[0], NAMES) is None  # the class is not chosen yet
    sizes = [len(figure.points) for one in snapshots if (figure := over_n(one, NAMES))]
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]
    frames = played(evidence)
    assert over_n(frames[-1], NAMES).points == last.points


def test_other_runs_keep_their_own_bounds() -> None:
    evidence = finish(certify(HalfSpace(9.0), fitted(), CertifySettings(n=200, n0=20)))
    figure = over_n(evidence, NAMES)
    assert figure is not None and not figure.anchored and figure.points[-1].n == 200
    assert over_n(evidence.model_copy(update={"trajectory": ()}), NAMES) is None
