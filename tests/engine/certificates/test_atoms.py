import numpy as np
import pytest

from engine.certificates.atoms import NOTHING_CHANGED, Atoms, AtomTable
from engine.certificates.kernels import Flip, Mask, Uniform


def total(atoms: Atoms) -> tuple[float, float]:
    return atoms.clean.sum() + atoms.clean_only, atoms.changed.sum() + atoms.changed_only


@pytest.mark.parametrize(
    "atoms",
    [
        NOTHING_CHANGED,
        Uniform(7, 0.4).atoms(3),
        Mask(0.9).atoms(4),
        Flip(0.01, 0.6).atoms(3, 2),
        Mask(0.9).atoms(2).times(Uniform(5, 0.3).atoms(2)),
        Mask(0.9).atoms(2).times(Mask(0.7).atoms(1)),
    ],
)
def test_both_laws_have_mass_one_and_the_ratio_is_theirs(atoms: Atoms):
    assert total(atoms) == pytest.approx((1.0, 1.0), abs=1e-14)
    assert np.exp(atoms.log_ratio) * atoms.clean == pytest.approx(atoms.changed, rel=1e-12)


def test_independent_masks_share_the_product():
    both = Mask(0.9).atoms(2).times(Mask(0.7).atoms(1))
    assert both.clean == pytest.approx([0.81 * 0.7])
    assert both.clean_only == both.changed_only == pytest.approx(1 - 0.81 * 0.7)


def test_nothing_changed_is_neutral():
    uniform = Uniform(4, 0.5).atoms(2)
    same = uniform.times(NOTHING_CHANGED)
    assert same.clean == pytest.approx(uniform.clean, abs=0)
    assert same.log_ratio == pytest.approx(uniform.log_ratio, abs=0)


def test_swapping_twice_is_the_same():
    atoms = Flip(0.1, 0.3).atoms(2, 1)
    assert atoms.swapped().swapped().log_ratio == pytest.approx(atoms.log_ratio)
    assert atoms.swapped().clean == pytest.approx(atoms.changed)


def test_a_table_sorts_and_fills_up_with_empty_atoms():
    table = AtomTable.of(
        [NOTHING_CHANGED, Flip(0.1, 0.3).atoms(0, 2).swapped(), Mask(0.5).atoms(1)]
    )
    assert table.rows == 3
    assert (np.diff(table.log_ratio, axis=1) >= 0).all()
    assert table.clean.sum(axis=1) + table.clean_only == pytest.approx(np.ones(3))
    assert table.clean[0].tolist() == [1.0, 0.0, 0.0]
    assert (np.diff(table.swapped().log_ratio, axis=1) >= 0).all()
    assert table.take([2, 2]).clean_only.tolist() == [0.5, 0.5]
