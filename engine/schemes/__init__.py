"""The catalogue of schemes. Adding a scheme is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.schemes.ablation import Ablation
from engine.schemes.base import Scheme
from engine.schemes.blur import Blur
from engine.schemes.brightness import Brightness
from engine.schemes.contrast_brightness import ContrastBrightness
from engine.schemes.dssn_l1 import DssnL1
from engine.schemes.exact_map import ExactMap
from engine.schemes.exp_1 import Exp1
from engine.schemes.exp_2 import Exp2
from engine.schemes.exp_inf import ExpInf
from engine.schemes.exp_p import ExpP
from engine.schemes.gaussian import Gaussian
from engine.schemes.gaussian_row import GaussianRow
from engine.schemes.heuristic_rotation import HeuristicRotation
from engine.schemes.heuristic_translation import HeuristicTranslation
from engine.schemes.hierarchical_ablation import HierarchicalAblation
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from engine.schemes.hierarchical_sparse import HierarchicalSparse
from engine.schemes.hybrid_flip import HybridFlip
from engine.schemes.hybrid_mask import HybridMask
from engine.schemes.hybrid_uniform import HybridUniform
from engine.schemes.individual_rotation import IndividualRotation
from engine.schemes.individual_translation import IndividualTranslation
from engine.schemes.laplace import Laplace
from engine.schemes.nested_rotation import NestedRotation
from engine.schemes.nested_translation import NestedTranslation
from engine.schemes.pareto import Pareto
from engine.schemes.pow_2 import Pow2
from engine.schemes.pow_inf import PowInf
from engine.schemes.rotation import Rotation
from engine.schemes.scaling import Scaling
from engine.schemes.sparse import Sparse
from engine.schemes.stumps import Stumps
from engine.schemes.stumps_fields import StumpsFields
from engine.schemes.stumps_vote import StumpsVote
from engine.schemes.text_mask import TextMask
from engine.schemes.text_uniform import TextUniform
from engine.schemes.translation import Translation
from engine.schemes.translation_black import TranslationBlack
from engine.schemes.uniform import Uniform
from engine.schemes.uniform_ball import UniformBall
from engine.schemes.uniform_l1 import UniformL1

SCHEMES: tuple[type[Scheme], ...] = (
    # continuous
    Gaussian,
    Laplace,
    UniformL1,
    DssnL1,
    Uniform,
    Pareto,
    Exp1,
    ExpP,
    ExpInf,
    PowInf,
    UniformBall,
    Exp2,
    Pow2,
    # semantic
    Brightness,
    ContrastBrightness,
    Blur,
    Translation,
    TranslationBlack,
    NestedRotation,
    NestedTranslation,
    IndividualRotation,
    IndividualTranslation,
    HeuristicRotation,
    HeuristicTranslation,
    Rotation,
    Scaling,
    # subset
    HierarchicalGaussian,
    HierarchicalAblation,
    Ablation,
    # discrete
    Sparse,
    HierarchicalSparse,
    # words, and words beside numbers
    TextUniform,
    TextMask,
    HybridUniform,
    HybridMask,
    HybridFlip,
    GaussianRow,
    # exact
    Stumps,
    StumpsFields,
    StumpsVote,
    ExactMap,
)


def scheme_class(key: str) -> type[Scheme]:
    """The scheme called ``key``.

    Raises:
        UserError: there is none; the sentence lists those there are.
    """
    for scheme in SCHEMES:
        if scheme.key == key:
            return scheme
    raise UserError(f"There is no scheme '{key}'; there are: {', '.join(s.key for s in SCHEMES)}.")


def siblings(scheme: type[Scheme]) -> tuple[type[Scheme], ...]:
    """The schemes of its group, itself among them: they differ in their kernel alone.

    >>> [one.kernel_name for one in siblings(TextMask)]
    ['uniform', 'mask']
    """
    if not scheme.group:
        return (scheme,)
    return tuple(one for one in SCHEMES if one.group == scheme.group)


def parse_scheme(values: Mapping[str, Any]) -> Scheme:
    """A scheme from its serialised form, ``{"key": "gaussian", "sigma": 0.25}``.

    Raises:
        UserError: unknown key, or a parameter out of range.
    """
    parameters = dict(values)
    return checked(scheme_class(str(parameters.pop("key", ""))), **parameters)


__all__ = [
    "Laplace",
    "TranslationBlack",
    "Translation",
    "ContrastBrightness",
    "Brightness",
    "Blur",
    "SCHEMES",
    "Ablation",
    "DssnL1",
    "ExactMap",
    "Gaussian",
    "GaussianRow",
    "HeuristicRotation",
    "HeuristicTranslation",
    "HierarchicalAblation",
    "HierarchicalGaussian",
    "HierarchicalSparse",
    "IndividualRotation",
    "IndividualTranslation",
    "NestedRotation",
    "NestedTranslation",
    "Rotation",
    "Scaling",
    "Scheme",
    "Sparse",
    "UniformL1",
    "parse_scheme",
    "scheme_class",
    "siblings",
]
