from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.records import Votes
from engine.evidence.vote_chain import (
    Block,
    Tally,
    block_length,
    block_size,
    chain_start,
    chained,
    default_phases,
    first_broken,
    full_blocks,
    misfit,
    total,
)

START = chain_start({"model": "m"})
samples = st.lists(st.integers(-1, 2), min_size=1, max_size=70)


def rows(classes: list[int], start: int, size: int) -> dict[int, list[int]]:
    """What a sampler yields for samples start.. with these classes (-1: failure)."""
    found: dict[int, list[int]] = {}
    for i, c in enumerate(classes):
        found.setdefault((start + i) // size, [0, 0, 0, 0])[c + 1] += 1
    return found


def tallied(classes: list[int], cuts: list[int], size: int = 10) -> Tally:
    tally = Tally(START, size=size, classes=3)
    edges = sorted({0, len(classes), *(c % (len(classes) + 1) for c in cuts)})
    for a, b in zip(edges, edges[1:], strict=False):
        tally.add(rows(classes[a:b], a, size))
    return tally


@given(samples, st.lists(st.integers(0, 100), max_size=6))
def test_the_chain_does_not_depend_on_when_votes_arrived(classes: list[int], cuts: list[int]):
    whole, pieces = tallied(classes, []), tallied(classes, cuts)
    assert whole.blocks() == pieces.blocks() and whole.head() == pieces.head()
    assert whole.votes() == total(whole.blocks(), 3)
    assert whole.n == len(classes)


@given(samples, st.integers(0, 69))
def test_resuming_at_any_sample_gives_the_uninterrupted_chain(classes: list[int], cut: int):
    cut %= len(classes) + 1
    first = tallied(classes[:cut], []) if cut else Tally(START, size=10, classes=3)
    again = Tally(START, size=10, classes=3, blocks=first.blocks())
    assert again.n == cut
    again.add(rows(classes[cut:], cut, 10))
    assert again.head() == tallied(classes, []).head()


def test_ends_are_the_votes_at_full_blocks():
    tally = Tally(START, size=2, classes=3)
    assert tally.add({0: [0, 1, 0, 0]}) == []
    ends = tally.add({0: [0, 1, 0, 0], 1: [1, 0, 1, 0]})
    assert ends == [Votes(counts=(2, 0, 0)), Votes(counts=(2, 1, 0), failures=1)]


def test_a_block_out_of_turn_is_a_mistake():
    with pytest.raises(ValueError, match="stretch 3 came when stretch 0 was due"):
        Tally(START, size=2, classes=3).add({3: [0, 1, 0, 0]})


@pytest.mark.parametrize(
    "change",
    [
        {"counts": {0: 9, 1: 1}},
        {"failures": 1},
        {"n": 9},
        {"start": 1},
        {"hash": "0" * 64},
    ],
)
def test_any_change_is_seen(change: dict):
    blocks = list(tallied([0] * 30, []).blocks())
    assert first_broken(START, blocks) is None
    blocks[1] = blocks[1].model_copy(update=change)
    assert first_broken(START, blocks) == 1
    assert first_broken(chain_start({"model": "other"}), blocks) == 0


def test_negative_counts_are_seen_even_with_a_right_hash():
    forged = chained(START, start=0, n=10, counts={0: 12, 1: -2}, failures=0)
    assert first_broken(START, [forged]) == 0


@pytest.mark.parametrize(("n", "size"), [(1, 50), (10_000, 50), (100_000, 500), (10**7, 50_000)])
def test_block_size(n: int, size: int):
    assert block_size(n) == size


def test_round_trip():
    (block,) = tallied([0, 1, -1], []).blocks()
    assert Block.model_validate_json(block.model_dump_json()) == block


def even(size: int, n: int, blocks: Sequence[Block] = ()) -> Tally:
    """A chain of n votes of one class, counted on from ``blocks``."""
    tally = Tally(START, size=size, classes=1, blocks=blocks)
    tally.add({index: [0, size] for index in range(tally.n // size, n // size)})
    return tally


def equal(size: int, count: int) -> list[Block]:
    """A chain as it was before blocks grew."""
    blocks: list[Block] = []
    for index in range(count):
        previous = blocks[-1].hash if blocks else START
        start = index * size
        blocks.append(chained(previous, start=start, n=size, counts={0: size}, failures=0))
    return blocks


def test_blocks_grow_beyond_the_planned_n():
    blocks = even(50, 10**7).blocks()
    assert [block.n for block in blocks[:200]] == [50] * 200
    assert [block.n for block in blocks[199:302:51]] == [50, 100, 200]
    assert len(blocks) == 1196 and sum(block.n for block in blocks) == 10**7
    assert first_broken(START, blocks) is None and misfit(blocks, 50) is None


@pytest.mark.parametrize("cut", [40, 400, 402, 405, 700, 1230])
def test_a_grown_chain_is_the_same_however_it_was_resumed(cut: int):
    first = even(1, cut).blocks()
    assert even(1, 3000, first).blocks() == even(1, 3000).blocks()
    lengths = [block_length(1, index) for index in range(len(first))]
    assert len(full_blocks(first, 1)) == len(first) - (sum(lengths) > cut)


def test_equal_blocks_of_an_older_chain_fit_and_are_counted_on():
    old = equal(50, 1000)
    assert misfit(old, 50) is None
    longer = even(50, 10**6, old)
    assert longer.n == 10**6 and len(longer.full) < 1050
    assert misfit(longer.blocks(), 50) is None and first_broken(START, longer.blocks()) is None


def test_a_block_of_another_length_does_not_fit():
    blocks = list(even(50, 15_000).blocks())
    for index, n in ((0, 100), (10, 49), (220, 75), (len(blocks) - 1, 200), (len(blocks) - 1, 0)):
        changed = list(blocks)
        changed[index] = blocks[index].model_copy(update={"n": n})
        assert misfit(changed, 50) == index


def test_default_phases_scale_with_n():
    assert default_phases(100_000) == (1000, 10_000, 125_000)
    assert default_phases(1000) == (10, 100, 1250)
    assert default_phases(1) == (1,)


def test_blocks_of_a_decision_are_as_long_as_its_phases():
    def of(*lengths):
        return [Block(start=0, n=n, counts={0: n}, hash="") for n in lengths]

    phases = (10, 100, 1250)
    assert all(misfit(of(*phases[:k]), 10, phases) is None for k in range(4))
    assert misfit(of(10, 99), 10, phases) is None  # it still grows
    for lengths, place in (((9, 100), 0), ((10, 101), 1), ((10, 99, 5), 1), ((*phases, 1), 3)):
        assert misfit(of(*lengths), 10, phases) == place
