"""The scheme a model was trained for. Loads no torch: a form proposes it."""

from __future__ import annotations

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.core.records import ModelIdentity
from engine.schemes import Gaussian, Scheme, parse_scheme


def taught_scheme(model: ModelIdentity) -> Scheme | None:
    """The scheme whose noise the model saw in training; None where that is not known.

    A file may state what no scheme here has: that is not known either.
    """
    try:
        if model.training_scheme is not None:
            return parse_scheme(model.training_scheme)
        if model.training_sigma is not None and model.kind in Gaussian.inputs:
            return checked(Gaussian, sigma=model.training_sigma)
    except UserError:
        return None
    return None
