"""The models that come with Certiscope: small networks on handwritten digits and a small graph."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.models.kinds import DEMO, kind_of
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
        sigma: noise level it was trained with; None where its noise is no Gaussian.
        path: of its weights; its card lies beside it.
    """

    name: str
    title: str
    sigma: float | None
    path: Path


def catalogue() -> tuple[Shipped, ...]:
    """Every shipped model, by rising sigma, then by name. Reads only the cards, loads no torch."""
    found = []
    for path in (assets() / "models").glob("*.safetensors"):
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        sigma = card.get("training_sigma")
        sigma = None if sigma is None else float(sigma)
        found.append(Shipped(f"{DEMO}{path.stem}", card["name"], sigma, path))
    return tuple(sorted(found, key=_place))


def _place(shipped: Shipped) -> tuple[bool, float, str]:
    return shipped.sigma is None, shipped.sigma or 0.0, shipped.name


def load_demo(request: ModelRequest) -> Classifier:
    """A shipped model.

    Raises:
        UserError: there is none of that name.
    """
    from engine.models.checkpoint import load_safetensors
    from engine.models.graph import load_graph_model

    shipped = {model.name: model for model in catalogue()}
    if request.spec not in shipped:
        raise UserError(
            f"There is no shipped model {request.spec}; there are {', '.join(shipped) or 'none'}."
        )
    path, request = shipped[request.spec].path, replace(request, arch="")
    load = load_graph_model if kind_of(str(path)) == "graph" else load_safetensors
    return load(path, request)
