from __future__ import annotations

import pytest

from engine.demos.gallery import case_of
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, Execution
from engine.procedures.certify import certify
from engine.procedures.playback import can_be_played, played
from tests.factories import make_predicted
from tests.fakes import HalfSpace, fitted

CPU = Execution(device="cpu", batch=97)


def snapshots_of(settings: CertifySettings):
    """Every snapshot of a run, and its evidence."""
    run, seen = certify(HalfSpace(0.3), fitted(), settings, execution=CPU), []
    while True:
        try:
            seen.append(next(run))
        except StopIteration as end:
            return seen, end.value


@pytest.mark.parametrize("bound", ["anytime", "live", "clopper-pearson", "anytime-two-class"])
@pytest.mark.parametrize("noise", ["float", "exact"])
def test_a_run_is_played_as_it_was(bound, noise):
    """The last moment is the evidence; moments in between are the snapshots that fell on them."""
    settings = CertifySettings(n=5000, seed=4, bound=bound, noise=noise)
    seen, evidence = snapshots_of(settings)
    frames = played(evidence)
    assert [frame.estimation.n for frame in frames] == list(range(0, 5001, 50))
    assert frames[0].top is None and frames[0].selection == evidence.selection
    last = frames[-1]
    assert last.trajectory == evidence.trajectory and last.bounds == evidence.bounds
    assert last.region == evidence.region and last.blocks == evidence.chain.blocks
    live = {one.estimation.n: one for one in seen if one.bounds is not None}
    met = [frame for frame in frames if frame.estimation.n in live]
    assert met
    for frame in met:
        then = live[frame.estimation.n]
        assert (frame.estimation, frame.bounds) == (then.estimation, then.bounds)
        assert frame.region == then.region


def test_a_provisional_bound_certifies_nothing_on_the_way():
    _, evidence = snapshots_of(CertifySettings(n=2000, seed=4, bound="clopper-pearson"))
    frames = played(evidence)
    assert all(frame.region is None for frame in frames[:-1]) and frames[-1].region is not None


def test_what_has_no_blocks_is_not_played():
    for evidence in (None, make_predicted()):
        assert not can_be_played(evidence)
    assert played(make_predicted()) == ()


def test_a_map_is_not_shown_before_the_end_of_its_replay():
    """In which order its cells were bounded is not on record."""
    evidence = Evidence.model_validate_json(case_of("aircraft").evidence.read_bytes())
    frames = played(evidence)
    assert len(frames) > 2 and all(frame.region is None for frame in frames[:-1])
    assert frames[-1].region == evidence.region is not None
