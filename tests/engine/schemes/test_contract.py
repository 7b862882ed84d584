"""What every scheme keeps to: it draws what it states, and certifies what it requires."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
import torch

from engine.core.batches import from_arrays, parts, room
from engine.core.errors import UserError
from engine.core.fields import field_specs
from engine.noise.discrete_gaussian import ExactNoiseStream
from engine.noise.gaussian import NoiseSource, NoiseStream
from engine.noise.law import Beside, NoiseLaw, Probe
from engine.noise.selection import Independent, Selected
from engine.noise.statistical_tests import statistics
from engine.procedures.noise_self_test import check_noise, draw
from engine.schemes import SCHEMES, Scheme
from engine.schemes.ablation import Ablation
from engine.schemes.exp_1 import Exp1
from engine.schemes.exp_2 import Exp2
from engine.schemes.exp_inf import ExpInf
from engine.schemes.exp_p import ExpP
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from engine.schemes.hybrid_flip import HybridFlip
from engine.schemes.hybrid_mask import HybridMask
from engine.schemes.hybrid_uniform import HybridUniform
from engine.schemes.laplace import Laplace
from engine.schemes.pareto import Pareto
from engine.schemes.pow_2 import Pow2
from engine.schemes.pow_inf import PowInf
from engine.schemes.rotation import Rotation
from engine.schemes.sparse import Sparse
from engine.schemes.uniform import Uniform
from engine.schemes.uniform_ball import UniformBall

CPU = torch.device("cpu")
OTHERS: tuple[Scheme, ...] = (
    Ablation(p=0.8),
    Ablation(entities=50_176, keep=2_000),
    HierarchicalGaussian(p=0.9, centre=5, p_centre=0.7),
    Sparse(categories=5, p_plus=0.1, p_minus=0.4),
    HybridUniform(arities="3,9,4", beta=0.3, sigmas="0.5,1.5"),
    HybridMask(sigmas="0.1,0.2,0.1"),
    HybridFlip(p_plus=0.0, p_minus=0.005),
    Rotation(sigma_b=0.3, with_brightness=0.2, with_radius=0.05),
    Uniform(norm="linf", dimension=4),
    ExpInf(k=10, norm="l1", dimension=100),
    ExpInf(k=2, j=5, norm="l2", dimension=40),
    PowInf(a=50, dimension=40),
    Exp1(dimension=9),
    Exp1(k=0.5, dimension=9),
    ExpP(dimension=9),
    ExpP(power=0.5, dimension=9),
    UniformBall(dimension=9),
    Pareto(a=3.5, dimension=9),
    Exp2(dimension=9),
    Exp2(k=4, j=3, dimension=20),
    Pow2(dimension=20),
    Laplace(norm="linf", dimension=9),
)
"""Other forms of the catalogue's schemes."""
EVERY = (*(scheme() for scheme in SCHEMES), *OTHERS)


def forms(scheme: Scheme) -> dict[str, NoiseLaw]:
    """The law in each mode it has."""
    law = scheme.noise()
    return {mode: law.in_mode(mode) for mode in ("float", "exact") if law.in_mode(mode) is law
            or mode == "exact"}  # fmt: skip


def source(law: NoiseLaw, key: int) -> NoiseSource:
    return (ExactNoiseStream if law.arithmetic == "exact grid" else NoiseStream)(key, 7)


@pytest.mark.walk
@pytest.mark.parametrize("scheme", EVERY, ids=lambda one: one.key)
def test_what_is_drawn_is_what_is_stated(scheme: Scheme) -> None:
    for law in forms(scheme).values():
        assert bool(law.probes()) == (law.samples is None)
        for key, probe in itertools.product(range(2), law.probes()):
            found = statistics(probe.read(draw(probe, source(law, key), CPU)), probe.stated)
            assert found and min(one.p_value for one in found) > 1e-5, (law, found)


class Other(NoiseLaw):
    """States one law and draws another."""

    def __init__(self, stated: NoiseLaw, drawn: NoiseLaw) -> None:
        self.stated, self.drawn = stated, drawn

    def draw(self, x: Any, source: NoiseSource, start: int, out: Any) -> None:
        self.drawn.draw(x, source, start, out)

    def in_words(self) -> str:
        return self.stated.in_words()

    def probes(self) -> tuple[Probe, ...]:
        """Those of the law; of its parts alone they are right."""
        kind = type(self.stated)
        return tuple(
            replace(probe, law=self) if isinstance(probe.law, kind) else probe
            for probe in self.stated.probes()
        )


def changed(scheme: Scheme) -> list[Scheme]:
    """The same scheme with other values of each of its noise's parameters."""
    names = {spec.name for spec in field_specs(type(scheme)) if spec.slider} - scheme.idle()
    values = {name: getattr(scheme, name) for name in names}
    return [scheme.model_copy(update={n: 0.5 * value}) for n, value in values.items() if value]


@pytest.mark.walk
@pytest.mark.parametrize("scheme", EVERY, ids=lambda one: one.key)
def test_a_law_that_draws_something_else_than_it_states_is_refused(scheme: Scheme) -> None:
    law = scheme.noise()
    if law.samples is not None:
        return
    others = [other.noise() for other in changed(scheme)]
    assert others or scheme.key == "ablation"
    for other in others:
        with pytest.raises(UserError, match="The noise generator failed its test"):
            check_noise(source(law, 1), Other(law, other), stream=7, device=CPU)


def test_a_choice_of_other_entities_than_stated_is_refused() -> None:
    stated, drawn = (Ablation(entities=64, keep=keep).noise() for keep in (12, 13))
    with pytest.raises(UserError, match="ones in each sample"):
        check_noise(NoiseStream(1, 7), Other(stated, drawn), stream=7, device=CPU)


class Watched:
    """A source that notes who takes numbers of which lane."""

    def __init__(self, source: NoiseSource) -> None:
        self.source = source
        self.part = 0
        self.taken: set[tuple[int, int, str]] = set()

    def __getattr__(self, name: str) -> Any:
        drawn = getattr(self.source, name)

        def noted(*args: Any, **known: Any) -> Any:
            self.taken.add((known.get("lane", 0), self.part, name))
            return drawn(*args, **known)

        return noted if callable(drawn) else drawn


def shares_lanes(law: NoiseLaw) -> bool:
    """Whether two parts of a sample, or two kinds of draws, take numbers of one lane."""
    for probe in law.probes():
        watched, x = Watched(source(law, 1)), from_arrays(probe.x)
        out, drawn, given = room(x, probe.shape, 3, CPU), probe.law, cast("NoiseSource", watched)
        if isinstance(drawn, Beside):
            for watched.part, law_of in enumerate((drawn.first, drawn.second)):
                law_of.draw(x[watched.part], given, 5, out[watched.part])
        else:
            drawn.draw(x, given, 5, out)
        assert watched.taken
        if len({lane for lane, *_ in watched.taken}) < len(watched.taken):
            return True
    return False


def test_no_two_draws_of_a_sample_take_the_same_numbers() -> None:
    """Parts that share a lane would be drawn as stated, each by itself, and not independently."""
    for scheme in EVERY:
        for law in forms(scheme).values():
            assert not shares_lanes(law), law
    assert shares_lanes(Beside(Laplace().noise(), Laplace(lam=0.5).noise()))
    assert shares_lanes(Selected(Independent(0.5), Laplace().noise()))


def test_additive_noise_does_not_depend_on_the_input() -> None:
    """The probes draw at a blank image: at any other one the noise is the same."""
    x = torch.arange(12).view(1, 3, 4) * 21 / 255
    additive = [law for one in EVERY for law in forms(one).values() if law.additive]
    for law in additive:
        blank, other = torch.empty(64, 1, 3, 4), torch.empty(64, 1, 3, 4)
        law.draw(torch.zeros_like(x), source(law, 2), 9, blank)
        law.draw(x, source(law, 2), 9, other)
        assert torch.allclose(other - x, blank, atol=2e-6), law
    assert {type(law).__name__ for law in additive} >= {"LaplaceNoise", "OneShift"}


@pytest.mark.walk
@pytest.mark.parametrize("scheme", EVERY, ids=lambda one: one.key)
def test_many_inputs_at_once_are_drawn_by_the_same_law(scheme: Scheme) -> None:
    """As the training lab draws them: row i is a noisy sample of input i."""
    law = scheme.noise()
    for probe in law.probes()[:1]:
        if len(probe.x) > 1 or law.samples is not None:
            continue
        xs = torch.from_numpy(np.stack([probe.x[0]] * probe.samples))
        out = torch.empty((probe.samples, *probe.shape), dtype=xs.dtype)
        probe.law.draw_each(xs, NoiseStream(5, 3), out)
        found = statistics(probe.read(tuple(one.numpy() for one in parts(out))), probe.stated)
        assert min(one.p_value for one in found) > 1e-5


@pytest.mark.walk
@pytest.mark.parametrize("scheme", EVERY, ids=lambda one: one.key)
def test_a_region_holds_what_needs_no_more_than_its_p_lower(scheme: Scheme, bounds) -> None:
    """``contains`` if and only if p_lower exceeds what is required, up to rounding."""
    counts, strengths, factors = (0.0, 1.0, 2.0, 5.0), (0.0, 0.05, 0.2, 0.7, 2.0), (0.8, 1.0, 1.1)
    sizes = {name: counts if term.whole else factors if term.factor else strengths
             for name, term in scheme.terms.items()}  # fmt: skip
    checked = 0
    for values in itertools.product(*sizes.values()):
        change = dict(zip(sizes, values, strict=True))
        required = scheme.required_probability(change)
        for p_lower in (0.51, 0.6, 0.8, 0.95, 0.999, 0.999999):
            if abs(p_lower - required) < 1e-6:
                continue
            region = scheme.utmost(bounds(p_lower))
            holds = region is not None and region.contains(change)
            assert holds == (p_lower > required), (change, p_lower, required)
            checked += 1
    assert checked > 10
