from __future__ import annotations

import pytest

from engine.cli import main
from engine.evidence.observations import AnchorRecord
from engine.evidence.vote_chain import chained
from engine.verify import Plan, verify
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from engine.verify.reading import read_evidence

RUN = (
    "certify --model demo:digits-rotation --input digits16:12 --scheme rotation --degrees 8 "
    "--n0 20 --n 500 --seed 3 --device cpu --quiet"
)


@pytest.fixture(scope="module")
def evidence(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweeps") / "a.json"
    assert main([*RUN.split(), "--json", str(path)]) == 0
    report = verify(path, Plan(rerun="all", device="cpu"))
    assert report.ok and report.level == "everything re-drawn"
    return read_evidence(path.read_bytes(), path).evidence


def wrong(evidence, **changed):
    """Names of the claims that do not hold."""
    found = evidence.model_copy(update=changed)
    return [one.name for one in check_counts(recount_of(found)) if one.verdict == "does not hold"]


def test_a_run_holds(evidence):
    assert not wrong(evidence) and evidence.region.upper == 8.0 and len(evidence.anchors) > 2


def test_anchors_are_cells_each_with_votes_of_its_own(evidence):
    first, *rest = evidence.anchors
    twice = (first.model_copy(update={"cell": rest[0].cell}), *rest)
    for anchors in (twice, tuple(rest), (AnchorRecord(cell=1 << 20, distance=0.1), *rest)):
        assert wrong(evidence, anchors=anchors) == ["anchors"]


def test_another_cell_or_a_longer_distance_changes_what_follows(evidence):
    first, *rest = evidence.anchors
    moved = first.model_copy(update={"distance": 50.0})
    assert "certified region" in wrong(evidence, anchors=(moved, *rest))
    free = next(cell for cell in range(1 << 10, 2 << 10) if cell not in evidence.anchors)
    elsewhere = first.model_copy(update={"cell": free})
    assert "certified region" in wrong(evidence, anchors=(elsewhere, *rest))


def test_a_shorter_distance_is_found_with_the_image(evidence, tmp_path):
    from engine.report.json import evidence_json

    first, *rest = evidence.anchors
    nearer = first.model_copy(update={"distance": first.distance * 0.5})
    path = tmp_path / "nearer.json"
    path.write_text(evidence_json(evidence.model_copy(update={"anchors": (nearer, *rest)})))
    report = verify(path)
    (found,) = [one for one in report.claims if one.verdict == "does not hold"]
    assert (
        found.name == "input as the model takes it" and "distance between anchors" in found.detail
    )


def test_votes_moved_to_another_anchor_break_the_chain(evidence):
    blocks = list(evidence.chain.blocks)
    blocks[0], blocks[1] = blocks[1], blocks[0]
    chain = evidence.chain.model_copy(update={"blocks": tuple(blocks)})
    assert wrong(evidence, chain=chain) == ["hash chain of the votes"]
    sized = evidence.chain.model_copy(update={"block": 50})
    assert wrong(evidence, chain=sized) == ["hash chain of the votes"]


def test_a_sweep_that_stops_where_nothing_failed_is_not_finished(evidence):
    last = evidence.chain.blocks[-2]
    chain = evidence.chain.model_copy(
        update={"blocks": evidence.chain.blocks[:-1], "head": last.hash}
    )
    gone = evidence.chain.blocks[-1]
    counts = list(evidence.observations.estimation)
    for index, count in gone.counts.items():
        counts[index] -= count
    seen = evidence.observations.model_copy(
        update={
            "estimation": tuple(counts),
            "estimation_failures": evidence.observations.estimation_failures - gone.failures,
        }
    )
    assert "end of the run" in wrong(
        evidence, chain=chain, observations=seen, anchors=evidence.anchors[:-1]
    )


def test_invented_votes_at_one_anchor_must_fit_the_total(evidence):
    first = evidence.chain.blocks[0]
    more = chained(evidence.chain.start, start=0, n=first.n, counts={0: first.n}, failures=0)
    chain = evidence.chain.model_copy(update={"blocks": (more, *evidence.chain.blocks[1:])})
    assert wrong(evidence, chain=chain) == ["hash chain of the votes"]
