import threading
from typing import Any

import pytest

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings, Execution
from engine.evidence.snapshot import Snapshot
from engine.procedures.certify import certify
from engine.procedures.resume import Resume
from engine.sampling.sampler import Sampler
from engine.verify.counts import Recount, check_counts
from tests.fakes import HalfSpace, Misbehaving, finish, fitted

SETTINGS = CertifySettings(n0=60, n=3000)


def kept(snapshot: Snapshot, block: int = 50) -> Resume:
    return Resume(
        run_id=snapshot.run_id,
        n_plan=snapshot.n_plan,
        selection=snapshot.selection,
        block=block,
        blocks=snapshot.blocks,
    )


def interrupted(settings: CertifySettings, after: int) -> Resume:
    classifier = Misbehaving("slow")
    classifier.threshold = 0.3
    last = None
    for snapshot in certify(classifier, fitted(), settings, execution=Execution(batch=70)):
        last = snapshot
        if snapshot.n_done >= after:
            break
    return kept(last)


@pytest.mark.walk
@pytest.mark.parametrize("after", [1, 61, 700, 2500])
def test_a_resumed_run_ends_like_an_uninterrupted_one(after: int):
    whole = finish(certify(HalfSpace(0.3), fitted(), SETTINGS))
    resume = interrupted(SETTINGS, after)
    again = finish(certify(HalfSpace(0.3), fitted(), SETTINGS, resume=resume))
    assert again.votes == whole.votes
    assert again.chain == whole.chain
    assert (again.bounds, again.region, again.trajectory) == (
        whole.bounds,
        whole.region,
        whole.trajectory,
    )
    assert again.run_id == resume.run_id


def test_an_anytime_run_is_extended_past_its_n():
    short = CertifySettings(n0=60, n=1000, bound="anytime")
    snapshots = list(certify(HalfSpace(0.3), fitted(), short))
    longer = short.model_copy(update={"n": 2500})
    extended = finish(certify(HalfSpace(0.3), fitted(), longer, resume=kept(snapshots[-1])))
    fresh = finish(certify(HalfSpace(0.3), fitted(), longer))
    assert extended.votes == fresh.votes and extended.complete


@pytest.mark.walk
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seed": 1}, "another model, input or setting"),
        ({"alpha": 0.01}, "another model, input or setting"),
        ({"n": 100}, "more than n = 100"),
        ({"n": 5000}, "declared for n = 3,000, and its bound holds for that n alone"),
    ],
)
def test_votes_of_another_run_are_refused(changes: dict, sentence: str):
    settings = SETTINGS.model_copy(update={"bound": "live"})
    resume = interrupted(settings, 700)
    with pytest.raises(UserError, match=sentence):
        finish(
            certify(HalfSpace(0.3), fitted(), settings.model_copy(update=changes), resume=resume)
        )


@pytest.mark.thorough
def test_damaged_votes_are_refused():
    resume = interrupted(SETTINGS, 700)
    blocks = list(resume.blocks)
    blocks[2] = blocks[2].model_copy(update={"counts": {0: blocks[2].n}, "failures": 0})
    if blocks[2] == resume.blocks[2]:
        blocks[2] = blocks[2].model_copy(update={"hash": "0" * 64})
    damaged = resume.model_copy(update={"blocks": tuple(blocks)})
    with pytest.raises(UserError, match="damaged from block 2 on"):
        finish(certify(HalfSpace(0.3), fitted(), SETTINGS, resume=damaged))


def test_a_stop_while_resuming_keeps_everything():
    resume = interrupted(SETTINGS, 700)
    stop = threading.Event()
    stop.set()
    found = finish(certify(HalfSpace(0.3), fitted(), SETTINGS, resume=resume, stop=stop))
    assert sum(found.votes.estimation) == sum(b.n for b in resume.blocks)
    assert found.stop_reason == "stopped"


@pytest.mark.thorough
def test_a_run_of_a_thousand_is_extended_to_ten_million_and_verifies(monkeypatch: Any):
    short = CertifySettings(n0=60, n=1000, bound="anytime")
    first = finish(certify(HalfSpace(0.3), fitted(), short))

    def counted(self, stream, start, last, *, block, **_):
        """What a sampler yields, nine of ten samples for class 0, without drawing any."""
        for begin in range(start, last, 100 * block):
            cells = range(begin // block, min(begin + 100 * block, last) // block)
            yield {cell: [0, block - block // 10, block // 10] for cell in cells}

    monkeypatch.setattr(Sampler, "rows", counted)
    longer = short.model_copy(update={"n": 10**7})
    found = finish(certify(HalfSpace(0.3), fitted(), longer, resume=Resume.of(first)))
    assert found.complete and found.estimation.n == 10**7 and len(found.chain.blocks) == 1196
    assert found.chain.blocks[:20] == first.chain.blocks
    claims = check_counts(Recount(found))
    assert [claim.name for claim in claims if claim.verdict != "holds"] == []
