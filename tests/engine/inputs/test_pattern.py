import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.inputs.pattern import Pattern


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), max_size=30),
)
def test_a_pattern_is_the_matrix_with_ones_at_its_pairs(cells):
    matrix = np.zeros((7, 5), dtype=np.uint8)
    for row, column in cells:
        matrix[row, column] = 1
    pairs = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    pattern = Pattern.from_pairs(pairs, (7, 5))
    assert pattern.rows == 7 and pattern.columns == 5
    assert (pattern.dense(np.arange(7)) == matrix).all()
    assert (pattern.counts == matrix.sum(1)).all()
    assert (pattern.pairs() == np.stack(np.nonzero(matrix))).all()
    assert (pattern.dense(np.array([3, 0, 3])) == matrix[[3, 0, 3]]).all()


def test_a_shape_beyond_any_memory_is_refused_before_it_is_made():
    with pytest.raises(OverflowError):
        Pattern.from_pairs(np.zeros((2, 0), np.int64), (1 << 40, 1 << 40))


def test_no_columns_are_no_ones():
    empty = Pattern.from_pairs(np.zeros((2, 0), np.int64), (3, 0))
    assert empty.rows == 3 and not len(empty.entries)
