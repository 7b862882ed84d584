"""Streams in packed batches: where they end, and whose samples stand at a place."""

from __future__ import annotations

import torch

from engine.core.batches import joined
from engine.noise.gaussian import NoiseStream, Stream
from engine.sampling.function_check import FunctionCheck
from engine.sampling.lanes import Lane, Packed, Piece
from engine.sampling.reducers import CountVotes
from engine.sampling.sampler import Sampler
from engine.schemes import Gaussian
from tests.fakes import SHAPE, HalfSpace

CPU = torch.device("cpu")


def lane(key: int, *, often: bool = False, last: int = 130) -> Lane:
    sampler = Sampler(
        HalfSpace(0.2),
        torch.full(SHAPE, float(key)),
        Gaussian(sigma=0.5).noise(),
        noise=lambda stream: NoiseStream(key, int(stream)),
        device=CPU,
        batch=10,
    )
    samples = sampler.samples(Stream.ESTIMATION)
    return Lane(sampler, samples, key, 0, 0, last, 50, often, CountVotes(2, 50))


def test_a_lane_that_may_end_at_any_block_waits_there() -> None:
    for often, limits in ((False, [130, 130, 130]), (True, [50, 100, 130])):
        one = lane(1, often=often)
        for limit in limits:
            assert (one.limit, one.left) == (limit, limit - one.place)
            one.place = min(limit, one.place + 50)
            assert one.left == (0 if often else 130 - one.place)
            assert not one.over
            one.told = one.place
        one.told = one.place = 130
        assert one.over and not one.left


def test_packed_samples_are_those_of_their_streams() -> None:
    lanes, packed = [lane(1), lane(2)], Packed()
    packed.add([Piece(lanes[0], 0, 30), Piece(lanes[1], 0, 5)])
    packed.add([Piece(lanes[0], 30, 10), Piece(lanes[1], 5, 20)])
    due = [(0, 0, 30), (1, 0, 5), (0, 30, 10), (1, 5, 20)]
    whole = joined([lanes[which].samples.draw(start, count) for which, start, count in due])
    assert packed.end == len(whole) == 65
    for start, count in ((0, 65), (28, 9), (33, 1), (40, 25)):
        assert torch.equal(packed.draw(start, count), whole[start : start + count])
    for which, place in ((0, 0), (0, 29), (1, 30), (0, 35), (1, 45), (1, 64)):
        assert packed.asking(place) is lanes[which].sampler.check.asking
    packed.forget(30, 45)
    assert torch.equal(packed.draw(3, 20), whole[3:23])  # the first look may come again
    assert torch.equal(packed.draw(45, 20), whole[45:])


def test_a_sample_with_nothing_beside_it_is_asked_about_alone() -> None:
    """The one beside it may not be counted yet, or be forgotten: nothing else is drawn for it."""
    one, packed = lane(1), Packed()
    packed.add([Piece(one, 0, 1)])
    assert packed.holds(0) and not packed.holds(1) and not packed.holds(-1)
    check = FunctionCheck(one.sampler.classifier, device=CPU, precision="fp32", alone=False)
    classes = one.sampler.classifier.classify(packed.draw(0, 1))
    check.look(packed, 0, [classes], seconds=1.0, ends=False)
    assert check.record().answers > 0 and check.record().near_ties == 0
