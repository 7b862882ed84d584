"""Both reducers against counting and sorting all answers at once."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.core.scores import MOST
from engine.models.base import NOT_ASKED
from engine.sampling.reducers import (
    CountVotes,
    KeepNumbers,
    MemberTally,
    SumScores,
    order_statistics,
)


@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.lists(st.integers(1, 40), max_size=6),
    block=st.integers(1, 50),
    start=st.integers(0, 200),
)
def test_votes_are_those_of_a_plain_count(
    seed: int, sizes: list[int], block: int, start: int
) -> None:
    rng = np.random.default_rng(seed)
    answers = rng.integers(-1, 4, sum(sizes))
    cuts = np.cumsum(sizes)[:-1] if sizes else []
    batches = [torch.from_numpy(part) for part in np.split(answers, cuts)] if sizes else []
    expected: dict[int, list[int]] = {}
    for index, answer in enumerate(answers.tolist(), start):
        expected.setdefault(index // block, [0] * 5)[answer + 1] += 1
    assert CountVotes(4, block).counts(batches, start) == expected


@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.lists(st.integers(0, 40), min_size=1, max_size=6),
    outputs=st.integers(1, 3),
)
def test_order_statistics_are_those_of_all_values_sorted(
    seed: int, sizes: list[int], outputs: int
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.choice([-2.5, -1.0, 0.0, 0.5, 3.0, math.nan, math.inf], (sum(sizes), outputs))
    reducer = KeepNumbers(outputs)
    for part in np.split(values, np.cumsum(sizes)[:-1]):
        reducer.add(torch.from_numpy(part), 0)
    fine = np.isfinite(values).all(axis=1)
    answers = reducer.answers(int(fine.sum()))
    assert np.array_equal(answers, values[fine])
    ranks = [1, 2, len(answers) // 2, len(answers), len(answers) + 1]
    found = order_statistics(answers, len(values), ranks)
    assert (found.n, found.answered) == (len(values), fine.sum()) and not found.contradictions()
    assert set(found.ranks) == {rank for rank in ranks if 1 <= rank <= len(answers)}
    for output in range(outputs):
        ordered = np.sort(values[fine][:, output])
        assert [found.at(rank, output) for rank in found.ranks] == [
            ordered[rank - 1] for rank in found.ranks
        ]


def test_what_was_not_kept_is_not_made_up() -> None:
    found = order_statistics(np.array([[3.0], [1.0], [2.0]]), 4, [2, 9])
    assert (found.failures, found.ranks, found.values) == (1, (2,), ((2.0,),))
    with pytest.raises(IndexError):
        found.at(1)


def test_votes_of_members_are_those_of_a_plain_count_however_they_are_batched() -> None:
    answers = torch.randint(-2, 3, (3, 500), generator=torch.Generator().manual_seed(4))
    found = []
    for size in (1, 7, 500):
        tally = MemberTally(3)
        tally.add(None)
        for start in range(0, 500, size):
            tally.add(answers[:, start : start + size])
        found.append(tally.record())
    assert found[0] == found[1] == found[2]
    record = found[0]
    assert record is not None and record.samples == 500
    for each, row in zip(record.members, answers.tolist(), strict=True):
        assert each.asked == 500 - row.count(NOT_ASKED)
        assert (each.failures, each.counts) == (row.count(-1), tuple(map(row.count, range(3))))
    assert MemberTally(3).record() is None


@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=6),
    block=st.integers(1, 50),
    start=st.integers(0, 200),
)
def test_sums_of_scores_do_not_depend_on_batches_and_a_lost_batch_counts_as_nothing(
    seed: int, sizes: list[int], block: int, start: int
) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, MOST, (sum(sizes), 3), endpoint=True)
    lost, found, at = int(rng.integers(len(sizes))), SumScores(1), start
    expected = {
        index: [7, 0, 0] for index in range(start // block, (start + len(scores)) // block + 1)
    }
    for place, (size, part) in enumerate(
        zip(sizes, np.split(scores, np.cumsum(sizes)[:-1]), strict=True)
    ):
        if place != lost:
            found.add(torch.from_numpy(part), at)
            for offset, score in enumerate(part[:, 1].tolist()):
                expected[(at + offset) // block][1] += score
                expected[(at + offset) // block][2] += score * score
        at += size
    rows = {index: [7] for index in expected}
    assert found.beside(rows, block) == expected
    assert found.beside({0: [1]}, block) == {0: [1, 0, 0]}


def test_leads_of_the_first_samples_scatter_as_numpy_says() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(3, 5000, 4)) + rng.normal(size=(1, 5000, 4))
    scores[1, 7, 2] = math.nan
    found = []
    for size in (100, 1700):
        tally = MemberTally(4, top=1)
        for start in range(0, 5000, size):
            part = torch.from_numpy(scores[:, start : start + size])
            tally.add(part.argmax(dim=2))
            tally.lead(part)
        found.append(tally.record().spread)
    assert found[0] == found[1] and found[0].samples == 4095
    first = np.delete(scores[:, :4096], 7, axis=1)
    leads = first[:, :, 1] - np.delete(first, 1, axis=2).max(axis=2)
    means = [leads[:k].mean(axis=0).var(ddof=1) for k in (1, 2, 3)]
    assert found[0].variances == pytest.approx(leads.var(axis=1, ddof=1), rel=1e-3)
    assert found[0].of_first == pytest.approx(means, rel=1e-3)
    assert found[0].zeta == pytest.approx(0.5, abs=0.05)
    assert MemberTally(4).record() is None
