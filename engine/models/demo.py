"""The models that come with Certiscope: small networks on digits, a graph, pairs and rows."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.core.errors import UserError
from engine.core.resources import assets
from engine.models.kinds import DEMO, kind_of
from engine.models.request import ModelRequest

if TYPE_CHECKING:
    from engine.models.base import Classifier

WEIGHTS = ".safetensors"


@dataclass(frozen=True)
class Shipped:
    """A shipped model.

    Attributes:
        name: what a request names it by, ``demo:digits-0.25``.
        title: for people.
        sigma: noise level it was trained with; None where its noise is no Gaussian.
        path: of its weights, beside which its card lies, or of the card that is all of it.
    """

    name: str
    title: str
    sigma: float | None
    path: Path


def catalogue() -> tuple[Shipped, ...]:
    """Every shipped model, by rising sigma, then by name. Reads only the cards, loads no torch."""
    found = []
    for path in (assets() / "models").glob("*.json"):
        card, weights = json.loads(path.read_text(encoding="utf-8")), path.with_suffix(WEIGHTS)
        sigma = card.get("training_sigma")
        sigma = None if sigma is None else float(sigma)
        whole = weights if weights.is_file() else path
        found.append(Shipped(f"{DEMO}{path.stem}", card["name"], sigma, whole))
    return tuple(sorted(found, key=_place))


def _place(shipped: Shipped) -> tuple[bool, float, str]:
    return shipped.sigma is None, shipped.sigma or 0.0, shipped.name


def load_demo(request: ModelRequest) -> Classifier:
    """A shipped model.

    Raises:
        UserError: there is none of that name.
    """
    from engine.models import FORMATS, with_oracle
    from engine.models.lattice import load_lattice

    shipped = {model.name: model for model in catalogue()}
    if request.spec not in shipped:
        raise UserError(
            f"There is no shipped model {request.spec}; there are {', '.join(shipped) or 'none'}."
        )
    path, request = shipped[request.spec].path, replace(request, arch="")
    if path.suffix != WEIGHTS:
        return load_lattice(path, request.spec)
    found = FORMATS[with_oracle(kind_of(str(path)), request)]
    classifier: Classifier = getattr(
        importlib.import_module(f"engine.models.{found.module}"), found.function
    )(path, request)
    return classifier
