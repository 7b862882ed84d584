"""The catalogue of schemes. Adding a scheme is one file and one line here.

Its file is called by its key and its class by the file, ``exp-1``, ``exp_1.py`` and ``Exp1``, and
is loaded when it is first asked for: a start needs one of them, and they take a sixth of it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.core.errors import UserError, nearest
from engine.core.fields import checked
from engine.regions.region import derived_elsewhere
from engine.schemes.base import Scheme
from engine.schemes.gaussian import Gaussian

if TYPE_CHECKING:
    from engine.schemes.ablation import Ablation as Ablation
    from engine.schemes.blur import Blur as Blur
    from engine.schemes.brightness import Brightness as Brightness
    from engine.schemes.contrast_brightness import ContrastBrightness as ContrastBrightness
    from engine.schemes.dssn_l1 import DssnL1 as DssnL1
    from engine.schemes.exact_map import ExactMap as ExactMap
    from engine.schemes.exp_1 import Exp1 as Exp1
    from engine.schemes.exp_2 import Exp2 as Exp2
    from engine.schemes.exp_inf import ExpInf as ExpInf
    from engine.schemes.exp_p import ExpP as ExpP
    from engine.schemes.gaussian_row import GaussianRow as GaussianRow
    from engine.schemes.heuristic_rotation import HeuristicRotation as HeuristicRotation
    from engine.schemes.heuristic_translation import HeuristicTranslation as HeuristicTranslation
    from engine.schemes.hierarchical_ablation import HierarchicalAblation as HierarchicalAblation
    from engine.schemes.hierarchical_gaussian import HierarchicalGaussian as HierarchicalGaussian
    from engine.schemes.hierarchical_sparse import HierarchicalSparse as HierarchicalSparse
    from engine.schemes.hybrid_flip import HybridFlip as HybridFlip
    from engine.schemes.hybrid_mask import HybridMask as HybridMask
    from engine.schemes.hybrid_uniform import HybridUniform as HybridUniform
    from engine.schemes.individual_rotation import IndividualRotation as IndividualRotation
    from engine.schemes.individual_translation import IndividualTranslation as IndividualTranslation
    from engine.schemes.laplace import Laplace as Laplace
    from engine.schemes.nested_rotation import NestedRotation as NestedRotation
    from engine.schemes.nested_translation import NestedTranslation as NestedTranslation
    from engine.schemes.pareto import Pareto as Pareto
    from engine.schemes.pow_2 import Pow2 as Pow2
    from engine.schemes.pow_inf import PowInf as PowInf
    from engine.schemes.rotation import Rotation as Rotation
    from engine.schemes.scaling import Scaling as Scaling
    from engine.schemes.sparse import Sparse as Sparse
    from engine.schemes.stumps import Stumps as Stumps
    from engine.schemes.stumps_fields import StumpsFields as StumpsFields
    from engine.schemes.stumps_vote import StumpsVote as StumpsVote
    from engine.schemes.text_mask import TextMask as TextMask
    from engine.schemes.text_uniform import TextUniform as TextUniform
    from engine.schemes.translation import Translation as Translation
    from engine.schemes.translation_black import TranslationBlack as TranslationBlack
    from engine.schemes.uniform import Uniform as Uniform
    from engine.schemes.uniform_ball import UniformBall as UniformBall
    from engine.schemes.uniform_l1 import UniformL1 as UniformL1

_KEYS = (
    # continuous
    "gaussian",
    "laplace",
    "uniform-l1",
    "dssn-l1",
    "uniform",
    "pareto",
    "exp-1",
    "exp-p",
    "exp-inf",
    "pow-inf",
    "uniform-ball",
    "exp-2",
    "pow-2",
    # semantic
    "brightness",
    "contrast-brightness",
    "blur",
    "translation",
    "translation-black",
    "nested-rotation",
    "nested-translation",
    "individual-rotation",
    "individual-translation",
    "heuristic-rotation",
    "heuristic-translation",
    "rotation",
    "scaling",
    # subset
    "hierarchical-gaussian",
    "hierarchical-ablation",
    "ablation",
    # discrete
    "sparse",
    "hierarchical-sparse",
    # words, and words beside numbers
    "text-uniform",
    "text-mask",
    "hybrid-uniform",
    "hybrid-mask",
    "hybrid-flip",
    "gaussian-row",
    # exact
    "stumps",
    "stumps-fields",
    "stumps-vote",
    "exact-map",
)
SCHEMES: tuple[type[Scheme], ...]
"""All of them, in this order; asking for it loads those that are not loaded yet."""


def _class_name(key: str) -> str:
    return "".join(part.capitalize() for part in key.split("-"))


_CLASSES = {_class_name(key): key for key in _KEYS}
FILES = tuple(f"{__name__}.{key.replace('-', '_')}" for key in _KEYS)
"""The modules of all schemes."""


def _load(key: str) -> type[Scheme]:
    module = import_module(FILES[_KEYS.index(key)])
    scheme: type[Scheme] = getattr(module, _class_name(key))
    return scheme


if not TYPE_CHECKING:  # which would take any name for one that is there

    def __getattr__(name: str) -> Any:
        """A scheme by the name of its class, or all of them."""
        if name == "SCHEMES":
            found = tuple(map(_load, _KEYS))
        elif name in _CLASSES:
            found = _load(_CLASSES[name])
        else:
            raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
        globals()[name] = found
        return found


def _all() -> tuple[type[Scheme], ...]:
    """What ``SCHEMES`` is from outside: within this file its name loads nothing."""
    found: tuple[type[Scheme], ...] = getattr(sys.modules[__name__], "SCHEMES")  # noqa: B009
    return found


derived_elsewhere(_all)  # some files of schemes have kinds of regions of their own


def scheme_class(key: str) -> type[Scheme]:
    """The scheme called ``key``.

    Raises:
        UserError: there is none; the sentence lists those there are.
    """
    if key in _KEYS:
        return _load(key)
    for scheme in _all():
        if scheme.key == key:
            return scheme
    keys = [scheme.key for scheme in _all()]
    there = f"There is no scheme '{key}'; there are: {', '.join(keys)}."
    raise UserError(there + nearest(key, keys))


def siblings(scheme: type[Scheme]) -> tuple[type[Scheme], ...]:
    """The schemes of its group, itself among them: they differ in their kernel alone.

    >>> [one.kernel_name for one in siblings(scheme_class("text-mask"))]
    ['uniform', 'mask']
    """
    if not scheme.group:
        return (scheme,)
    return tuple(one for one in _all() if one.group == scheme.group)


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
