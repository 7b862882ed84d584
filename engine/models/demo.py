"""The models that come with Certiscope: small networks on scikit-learn's handwritten digits."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.models.kinds import DEMO
from engine.models.request import ModelRequest
from engine.resources import assets

if TYPE_CHECKING:
    from engine.models.base import Classifier


@dataclass(frozen=True)
class Shipped:
    """A shipped model.

    Attributes:
        name: what a request names it by, ``demo:digits-0.25``.
        title: for people.
        sigma: noise level it was trained with.
        path: of its weights; its card lies beside it.
    """

    name: str
    title: str
    sigma: float
    path: Path


def catalogue() -> tuple[Shipped, ...]:
    """Every shipped model, by rising sigma. Reads only the cards: no torch is loaded."""
    found = []
    for path in (assets() / "models").glob("*.safetensors"):
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        found.append(
            Shipped(f"{DEMO}{path.stem}", card["name"], float(card["training_sigma"]), path)
        )
    return tuple(sorted(found, key=lambda shipped: shipped.sigma))


def load_demo(request: ModelRequest) -> Classifier:
    """A shipped model.

    Raises:
        UserError: there is none of that name.
    """
    from engine.models.checkpoint import load_safetensors

    shipped = {model.name: model for model in catalogue()}
    if request.spec not in shipped:
        raise UserError(
            f"There is no shipped model {request.spec}; there are {', '.join(shipped) or 'none'}."
        )
    return load_safetensors(shipped[request.spec].path, replace(request, arch=""))
