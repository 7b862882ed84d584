"""Tables of radii against high precision, against radii worked out directly, and by their order."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path

import mpmath
import numpy as np
import pytest

from engine.certificates import norm_balls, radius_table
from engine.certificates.norm_balls import LEAST, certified
from engine.certificates.radius_table import (
    GRID,
    RadiusTable,
    bracket,
    looked_up,
    name_of,
    packed,
    shipped,
    unpacked,
)
from engine.planning.radius_tables import LOOKED_UP, LOOKED_UP_IN, grid
from engine.regions.required_probability import unanimous
from engine.schemes.exp_1 import Exp1
from engine.schemes.exp_2 import Exp2
from engine.schemes.exp_inf import ExpInf
from engine.schemes.exp_p import ExpP
from engine.schemes.laplace import Laplace
from engine.schemes.norms import NormBall
from engine.schemes.pow_2 import Pow2
from engine.schemes.pow_inf import PowInf
from tests.norm_radii import (
    halves,
    power_law_linf,
    powers,
    share_of_exponential,
    share_of_power_law,
    signs,
)

EVERY = list(product(LOOKED_UP, LOOKED_UP_IN))


def table(scheme: NormBall, dimension: int) -> RadiusTable:
    found = looked_up(scheme.law_name(), scheme.norm, dimension)
    assert found is not None
    return found


def test_a_radius_lies_between_what_is_kept_of_it() -> None:
    q = np.array([0.4, 0.3, 0.1, LEAST])
    radii = np.array([1e-3, 0.25, 0.2500001, 36.7])
    found = unpacked(q, packed(radii))
    assert (found.low < radii).all() and (radii < found.high).all()
    assert (found.high / found.low < 1 + 2.0**-15).all()


def test_a_look_up_takes_the_neighbour_below_and_the_one_above() -> None:
    low = np.array([1.0, 2.0, 3.0])
    found = RadiusTable(np.array([0.4, 0.2, 0.1]), low, low + 0.1)
    assert [found.below(q) for q in (0.45, 0.4, 0.3, 0.2, 0.05)] == [0.0, 1.0, 1.0, 2.0, 3.0]
    assert [found.above(q) for q in (0.45, 0.4, 0.3, 0.2, 0.05)] == [1.1, 2.1, 2.1, 3.1, 3.1]


def test_the_file_holds_every_law_in_every_dimension_and_nothing_else() -> None:
    with np.load(shipped(), allow_pickle=False) as file:
        names = {GRID, *(name_of(s.law_name(), s.norm, d) for s, d in EVERY)}
        assert set(file.files) == names
        assert np.allclose(file[GRID], grid(), rtol=1e-12, atol=0.0)
    assert shipped().stat().st_size < 500_000
    assert looked_up("exp-2 j=0.0 k=4.0", "l2", 65) is None
    assert Pow2(k=2.0000001).law_name() != Pow2().law_name()


def damaged(what: str) -> bytes:
    """The shipped file cut off, or with larger radii in it, or something else."""
    whole = shipped().read_bytes()
    if what == "forged":
        with np.load(shipped(), allow_pickle=False) as file:
            kept = {name: file[name] for name in file.files}
        kept |= {
            name: packed(unpacked(kept[GRID], kept[name]).low * 50) for name in kept if "," in name
        }
        data = io.BytesIO()
        np.savez(data, allow_pickle=False, **kept)
        return data.getvalue()
    return {"cut off": whole[:30_000], "empty": b"", "other": b"no table"}[what]


@pytest.mark.parametrize("what", ["cut off", "empty", "other", "forged", "a folder", "missing"])
def test_another_file_is_read_as_none(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing fails for it, and no plan says more than is worked out."""
    path = tmp_path / "radii.npz"
    if what == "a folder":
        path.mkdir()
    elif what != "missing":
        path.write_bytes(damaged(what))
    monkeypatch.setattr(radius_table, "shipped", lambda: path)
    scheme, asked = Pow2(sigma=0.5, dimension=3072), {"radius": 0.3}
    named = (scheme.law_name(), scheme.norm, 3072)
    try:
        radius_table._kept.cache_clear()
        looked_up.cache_clear()
        assert looked_up(*named) is None
        assert scheme.required_probability(asked) == pytest.approx(0.73388396407)
        assert scheme.between(unanimous(0.9)) is None
    finally:
        monkeypatch.undo()
        radius_table._kept.cache_clear()
        looked_up.cache_clear()
    assert looked_up(*named) is not None


@pytest.mark.parametrize(("scheme", "d"), EVERY, ids=lambda one: getattr(one, "key", one))
def test_neighbours_rise_by_less_than_half_a_percent(scheme: NormBall, d: int) -> None:
    found = table(scheme, d)
    assert (np.diff(found.low) >= 0).all() and found.low[0] > 0
    assert (found.low[1:] / found.low[:-1] < 1.005).all()


@pytest.mark.walk
@pytest.mark.parametrize("scheme", LOOKED_UP, ids=lambda one: one.key)
def test_made_again_a_table_is_the_shipped_one(scheme: NormBall) -> None:
    """At places of the grid, both ends among them; and looked up between them it encloses."""
    rng = np.random.default_rng(3)
    places = np.append(rng.choice(len(grid()), 6, replace=False), [0, len(grid()) - 1])
    for d in LOOKED_UP_IN:
        found, radius = table(scheme, d), scheme.direct(d)[scheme.norm]
        again = np.array([radius(q) for q in found.q[places].tolist()])
        assert np.allclose(found.low[places], again * (1 - 1.2e-5), rtol=8e-6, atol=0.0)
        assert (found.low[places] < again).all() and (again < found.high[places]).all()
        for q in (0.499, *np.exp(rng.uniform(np.log(1e-14), np.log(0.5), 6))):
            assert found.below(q) <= radius(q) <= found.above(q), (d, q)


EXACT: list[tuple[NormBall, int, Callable[[mpmath.mpf], mpmath.mpf]]] = [
    (Laplace(norm="linf"), 64, lambda q: signs(64, q)),
    (Laplace(norm="linf"), 784, lambda q: signs(784, q)),
    (ExpP(power=0.5), 3072, halves),
    (Exp1(), 64, lambda q: powers(64, mpmath.mpf(4), q)),
    (ExpInf(k=2), 3072, lambda q: powers(3072, mpmath.mpf(2), q)),
    (PowInf(), 64, lambda q: power_law_linf(64, mpmath.mpf(164), q)),
]


@pytest.mark.walk
@pytest.mark.parametrize(("scheme", "d", "exact"), EXACT)
def test_entries_are_just_below_high_precision(
    scheme: NormBall, d: int, exact: Callable[[mpmath.mpf], mpmath.mpf]
) -> None:
    found = table(scheme, d)
    with mpmath.workdps(30):
        for place in (50, 1000, 2000, 2750, 3150, len(found.q) - 1):
            true = exact(mpmath.mpf(float(found.q[place])))
            assert true * (1 - 1e-3) < found.low[place] <= true, place


@pytest.mark.walk
@pytest.mark.parametrize(
    ("scheme", "share"),
    [
        (Pow2(k=2), partial(share_of_power_law, 64, 2.0, 42.0)),
        (Pow2(k=1), partial(share_of_power_law, 64, 1.0, 74.0)),
        (Exp2(k=4), partial(share_of_exponential, 64, 4.0)),
        (Exp2(k=0.5), partial(share_of_exponential, 64, 0.5)),
    ],
)
def test_level_sets_of_radii_in_the_table_leave_what_they_should(
    scheme: NormBall, share: Callable[[mpmath.mpf], mpmath.mpf]
) -> None:
    """In high precision: at the radius more than q is left, a thousandth beyond it less."""
    found = table(scheme, 64)
    with mpmath.workdps(20):
        for place in (750, 2500, 3100):
            q, radius = float(found.q[place]), float(found.low[place])
            assert share(mpmath.mpf(radius)) >= q > share(mpmath.mpf(radius * 1.001))


def test_other_norms_are_enclosed_too_and_a_size_is_found_between_two_of_the_grid() -> None:
    for norm in ("l1", "l2", "linf"):
        direct = norm_balls.pow_inf(784, 884.0)
        known = {"linf": looked_up("pow-inf a=None", "linf", 784)}
        assert known["linf"] is not None
        found = bracket(direct, known, norm, 784)  # type: ignore[arg-type]
        radius = certified(direct, norm, 784)
        assert found is not None
        for q in (0.45, 0.1, 1e-3, 1e-9):
            assert found.low(q) <= radius(q) <= found.high(q)
            enough, little = found.around(radius(q)) or (0.0, 0.0)
            assert radius(enough) > radius(q) >= radius(little) and little < 1.2 * enough
    assert bracket(direct, {}, "l1", 784) is None


def test_what_is_required_is_the_same_from_within_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    scheme = Pow2(sigma=0.5, dimension=784)
    sizes = (1e-4, 0.1, 0.9, 2.5, 1e3)
    found = [scheme.required_probability({"radius": size}) for size in sizes]
    monkeypatch.setattr(type(scheme), "_bracket", lambda self, dimension: None)
    plain = [scheme.required_probability({"radius": size}) for size in sizes]
    assert found == pytest.approx(plain, rel=1e-12) and found[-1] == 2.0
