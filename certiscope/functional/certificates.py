"""What probabilities certify, one function for each kind of noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from certiscope.functional.checks import positive, probabilities, share
from engine.core.errors import UserError


def gaussian_radius(p_lower: float, sigma: float, p_upper: float | None = None) -> float | None:
    """l2 radius under Gaussian noise: sigma / 2 (Phi^-1(p_lower) - Phi^-1(p_upper)).

    With the default p_upper that is sigma Phi^-1(p_lower). Every change of a smaller norm leaves
    the prediction as it is. Cohen, Rosenfeld & Kolter, ICML 2019, Theorem 1.

    Args:
        p_lower: lower bound on the top class's probability.
        sigma: deviation of the noise, in the units of the radius.
        p_upper: upper bound on every other class's.

    >>> round(gaussian_radius(0.9, 0.25), 4)
    0.3204
    >>> gaussian_radius(0.5, 0.25) is None
    True
    """
    from scipy.special import ndtri

    top, other = probabilities(p_lower, p_upper)
    if top <= other:
        return None
    return float(positive("sigma", sigma) / 2 * (ndtri(top) - ndtri(other)))


def gaussian_required_p(radius: float, sigma: float) -> float:
    """What p_lower must exceed so that an l2 radius is certified: Phi(radius / sigma).

    >>> round(gaussian_required_p(0.3203879, 0.25), 4)
    0.9
    """
    from scipy.special import ndtr

    return float(ndtr(positive("radius", radius) / positive("sigma", sigma)))


def uniform_l1_radius(p_lower: float, lam: float, p_upper: float | None = None) -> float | None:
    """l1 radius under uniform noise on the 8-bit grid: lam (p_lower - p_upper).

    With the default p_upper that is 2 lam (p_lower - 1/2); lam is taken to the grid,
    int(2 lam 255) / 510. Lee et al., NeurIPS 2019; Levine & Feizi, ICML 2021.

    Args:
        p_lower, p_upper: as for :func:`gaussian_radius`.
        lam: half-width of the noise, pixels in [0, 1].

    >>> round(uniform_l1_radius(0.9, 0.5), 4)
    0.4
    """
    from engine.certificates.dssn import grid_radius, levels

    top, other = probabilities(p_lower, p_upper)
    if top <= other:
        return None
    return grid_radius(top, other, levels(positive("lam", lam)))


def laplace_l1_radius(p_lower: float, lam: float) -> float | None:
    """l1 radius under Laplace noise: -lam log(2 (1 - p_lower)).

    Teng, Lee & Yuan 2020; Yang et al., Randomized Smoothing of All Shapes and Sizes, ICML 2020.

    Args:
        p_lower: lower bound on the top class's probability.
        lam: scale of the noise, in the units of the radius.

    >>> round(laplace_l1_radius(0.9, 0.5), 4)
    0.8047
    """
    from engine.core.records import ProbabilityBounds
    from engine.schemes.laplace import Laplace

    top, other = probabilities(p_lower, None)
    known = {"method": "given", "alpha": 0.5, "n": 0, "top": 0, "valid": True, "basis": "given"}
    region = Laplace(lam=positive("lam", lam)).region(
        ProbabilityBounds(p_lower=top, p_upper=other, **known)
    )
    return None if region is None else region.radius


def dssn_l1_radius(n_top: int, n_other: int, *, other_first: bool = False) -> float | None:
    """Exact l1 radius of splitting noise, of which all samples were counted; nothing is random.

    floor((n_A - n_B - [B before A]) / 2) / 255, and changes of exactly this norm are certified as
    well. Levine & Feizi, ICML 2021.

    Args:
        n_top: votes for the top class A among all int(2 lam 255).
        n_other: most votes for another class B.
        other_first: whether a tie would go to B, the lower index.

    >>> dssn_l1_radius(200, 55) == 72 / 255
    True
    """
    from engine.certificates.dssn import GRID, certified_steps

    if min(n_top, n_other) < 0:
        raise UserError("n_top and n_other must be 0 or more.")
    steps = certified_steps(n_top, n_other + other_first)
    return steps / GRID if steps >= 0 else None


def ablation_entities(
    p_lower: float, entities: int, keep: int, p_upper: float | None = None
) -> int | None:
    """Largest number r of entities that may change in any way, where k of d are kept.

    The largest r with p_lower - Delta > p_upper + Delta, Delta = 1 - C(d - r, k) / C(d, k).
    Levine & Feizi, AAAI 2020.

    Args:
        p_lower, p_upper: as for :func:`gaussian_radius`.
        entities: d, the pixels or nodes that there are.
        keep: k, how many of them each sample keeps.

    >>> ablation_entities(0.99, 784, 45)
    11
    """
    from engine.certificates.ablation import most_entities, subset_deltas

    if not 1 <= keep <= entities:
        raise UserError(f"keep must be between 1 and entities (it was {keep} of {entities}).")
    found = most_entities(subset_deltas(entities, keep), *probabilities(p_lower, p_upper))
    return found if found >= 0 else None


def hierarchical_ablation_entities(
    p_lower: float, p: float, p_upper: float | None = None
) -> int | None:
    """Largest number r of entities that may change in any way, where each is taken away with p.

    The largest r with p_lower - Delta > p_upper + Delta, Delta = 1 - p^r. Scholten et al., NeurIPS
    2022 and 2023.

    Args:
        p_lower, p_upper: as for :func:`gaussian_radius`.
        p: probability that an entity is taken away, above one half.

    >>> hierarchical_ablation_entities(0.99, 0.9)
    6
    """
    from engine.certificates.ablation import independent_deltas, most_entities

    found = most_entities(independent_deltas(share("p", p)), *probabilities(p_lower, p_upper))
    return found if found >= 0 else None


def hierarchical_gaussian_radii(
    p_lower: float, p: float, sigma: float, p_upper: float | None = None
) -> tuple[float, ...]:
    """l2 radii for 1, 2, ... changed pixels, where each is noised with p by N(0, sigma^2).

    With keep = p^r and Delta = 1 - keep, all epsilon with keep Phi(Phi^-1((p_lower - Delta) / keep)
    - epsilon / sigma) > keep Phi(Phi^-1(p_upper / keep) + epsilon / sigma) + Delta. Scholten et
    al., NeurIPS 2023.

    Args:
        p_lower, p_upper: as for :func:`gaussian_radius`.
        p: probability that a pixel is noised, above one half.
        sigma: deviation of the noise.

    Returns:
        One radius for each number of pixels, as far as there is a positive one.

    >>> [round(r, 3) for r in hierarchical_gaussian_radii(0.99, 0.85, 0.25)]
    [0.51, 0.425, 0.311, 0.086]
    """
    from engine.certificates.hierarchical import gaussian_reach, keeps

    top, other = probabilities(p_lower, p_upper)
    steps = keeps(share("p", p))[1:]
    return gaussian_reach(top, other, steps, positive("sigma", sigma)) if top > other else ()


def sparse_lower(
    p_lower: float, additions: int, deletions: int, *, p_plus: float, p_minus: float
) -> float:
    """Smallest probability of the top class after so many flips of binary features.

    The Neyman-Pearson worst case over the additions + deletions + 1 regions of constant likelihood
    ratio. Bojchevski, Gasteiger & Guennemann, ICML 2020.

    Args:
        p_lower: lower bound on the top class's probability at the clean input.
        additions, deletions: features that the attacker turns from 0 to 1 and from 1 to 0.
        p_plus, p_minus: chance that the noise turns a 0 to 1, and a 1 to 0.

    >>> round(sparse_lower(0.99, 1, 2, p_plus=0.05, p_minus=0.8), 4)
    0.9436
    """
    from engine.certificates.sparse import binary_regions

    if min(additions, deletions) < 0:
        raise UserError("additions and deletions must be 0 or more.")
    plus, minus = share("p_plus", p_plus, closed=True), share("p_minus", p_minus, closed=True)
    regions = binary_regions(plus, minus, additions, deletions)
    return regions.lower(share("p_lower", p_lower, closed=True))


def sparse_certifies(
    p_lower: float, additions: int, deletions: int, *, p_plus: float, p_minus: float
) -> bool:
    """Whether so many flips leave the top class with more than one half.

    Args:
        p_lower, additions, deletions, p_plus, p_minus: as for :func:`sparse_lower`.

    >>> sparse_certifies(0.99, 1, 2, p_plus=0.05, p_minus=0.8)
    True
    """
    return sparse_lower(p_lower, additions, deletions, p_plus=p_plus, p_minus=p_minus) > 0.5


def hybrid_radii(
    p_lower: float,
    *,
    sigma: float,
    beta: float,
    vocabulary: int,
    kernel: Literal["uniform", "mask"] = "uniform",
    most: int = 16,
) -> tuple[float, ...]:
    """l2 radii beside 0, 1, 2, ... replaced words, under Gaussian noise times noise on words.

    One Neyman-Pearson certificate over both parts; a certified number of words is there even with
    radius 0. arXiv:2605.12876, ICML 2026.

    Args:
        p_lower: lower bound on the top class's probability.
        sigma: deviation of the Gaussian noise.
        beta: chance that a word is replaced (``uniform``) or masked (``mask``).
        vocabulary: words of the alphabet.
        kernel: what happens to a word.
        most: words looked at.

    Returns:
        One radius for each number of words, as far as they are certified; empty if nothing is.

    >>> [round(r, 3) for r in hybrid_radii(0.99, sigma=0.25, beta=0.8, vocabulary=50)]
    [0.582, 0.532, 0.477, 0.414, 0.337, 0.239, 0.129, 0.007]
    """
    from engine.certificates.frontiers import Decision, staircase
    from engine.certificates.kernels import Mask, Uniform

    if vocabulary < 2 or most < 0:
        raise UserError("vocabulary must be 2 or more, and most 0 or more.")
    if kernel not in ("uniform", "mask"):
        raise UserError(f"kernel must be 'uniform' or 'mask' (it was '{kernel}').")
    decision = Decision.of(*probabilities(p_lower, None), 0.5)
    if decision is None:
        return ()
    beta = share("beta", beta)
    noise = Uniform(vocabulary, beta) if kernel == "uniform" else Mask(beta)
    return staircase(noise, decision, sigma=positive("sigma", sigma), most=most)


def top_k_radius(p_lower: float, p_uppers: Sequence[float], k: int, sigma: float) -> float | None:
    """l2 radius within which a class stays among the k most probable under Gaussian noise.

    Jia, Cao, Wang & Gong, Certified Robustness for Top-k Predictions against Adversarial
    Perturbations via Randomized Smoothing, ICLR 2020. The bounds must hold together, as
    Clopper-Pearson's do at alpha / K each for K classes.

    Args:
        p_lower: lower bound on the class's probability.
        p_uppers: upper bounds on those of all other classes.
        k: how many are first.
        sigma: deviation of the noise.

    >>> round(top_k_radius(0.6, [0.3, 0.05, 0.05], 1, 0.5), 4)
    0.1944
    >>> round(top_k_radius(0.6, [0.3, 0.05, 0.05], 2, 0.5), 4)
    0.4746
    """
    from engine.certificates.top_k import top_k_radius as radius

    if k < 1:
        raise UserError(f"k must be 1 or more (it was {k}).")
    own = share("p_lower", p_lower, closed=True)
    others = [share("p_uppers", one, closed=True) for one in p_uppers]
    return radius(own, others, k=k, sigma=positive("sigma", sigma)) or None


def uniform_l1_box_radius(
    p_lower: float, lam: float, rooms: Sequence[float], p_upper: float | None = None
) -> float | None:
    """l1 radius under uniform noise against changes that keep every number in a box.

    At least lam (p_lower - p_upper), which is all there is where one number can take the whole
    change. Voracek & Hein, Improving l1-Certified Robustness via Randomized Smoothing by Leveraging
    Box Constraints, ICML 2023.

    Args:
        p_lower, p_upper: as for :func:`gaussian_radius`.
        lam: half-width of the noise.
        rooms: how far each number can move: max(x, 1 - x) for pixels x in [0, 1].

    >>> round(uniform_l1_box_radius(0.8, 1.0, [0.5] * 64), 4)
    0.6333
    """
    from engine.certificates.box import box_l1_radius

    top, other = probabilities(p_lower, p_upper)
    if not all(0 <= room < float("inf") for room in rooms):
        raise UserError("rooms must be finite numbers of 0 or more.")
    return box_l1_radius(top, other, rooms, lam=positive("lam", lam)) or None


def vote_radius(radii: Sequence[float], weights: Sequence[float]) -> float | None:
    """Radius of a weighted vote of smoothed classifiers, from the radius of each for one class.

    The largest radius that classifiers with more than half of all weight reach; a negative weight
    counts in the total alone, and one that does not keep the class has radius 0. Horvath et al.,
    NeurIPS 2022.

    >>> vote_radius([0.5, 0.3, 0.0], [1.0, 1.0, 1.0])
    0.3
    """
    if len(radii) != len(weights):
        raise UserError("There must be one weight for each radius.")
    if not all(radius >= 0 for radius in radii) or not all(map(math.isfinite, weights)):
        raise UserError("Radii must be numbers of at least 0, and weights finite.")
    from engine.certificates.stump_vote import majority

    place = majority([-radius for radius in radii], weights)
    return None if place is None else radii[place] or None


def true_class_lower(q_lower: float, false_accept: float) -> float:
    """Lower bound on the true class's probability from that of the class that an oracle names.

    (q - e) / (1 - e), e bounding the chance that the oracle accepts what is not of the class.

    >>> round(true_class_lower(0.9, 0.05), 4)
    0.8947
    """
    from engine.certificates.oracle import true_lower

    closed = {"closed": True}
    return true_lower(
        share("q_lower", q_lower, **closed), share("false_accept", false_accept, **closed)
    )
