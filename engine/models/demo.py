"""The models that come with Certiscope: small networks on digits, a graph, pairs and rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.core.errors import UserError
from engine.core.resources import assets
from engine.models.kinds import DEMO

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
    folder = assets() / "models"
    return _catalogue(folder, folder.stat().st_mtime_ns if folder.is_dir() else 0)


@lru_cache(maxsize=1)  # a verifier asks for every run of a case; a card that comes or goes changes
def _catalogue(folder: Path, changed: int) -> tuple[Shipped, ...]:  # the folder's time
    del changed
    found = []
    for path in folder.glob("*.json"):
        card, weights = json.loads(path.read_text(encoding="utf-8")), path.with_suffix(WEIGHTS)
        sigma = card.get("training_sigma")
        sigma = None if sigma is None else float(sigma)
        whole = weights if weights.is_file() else path
        found.append(Shipped(f"{DEMO}{path.stem}", card["name"], sigma, whole))
    return tuple(sorted(found, key=_place))


DENOISERS = "denoisers"
"""The folder of shipped denoisers, which are no classifiers."""


def denoisers() -> tuple[str, ...]:
    """Names of the shipped denoisers, ``demo:digits-denoiser``."""
    found = (assets() / DENOISERS).glob(f"*{WEIGHTS}")
    return tuple(sorted(f"{DEMO}{path.stem}" for path in found))


def shipped_denoiser(name: str) -> Path:
    """The weights of a shipped denoiser.

    Raises:
        UserError: there is none of that name.
    """
    if name not in denoisers():
        raise UserError(
            f"There is no shipped denoiser {name}; there are {', '.join(denoisers()) or 'none'}."
        )
    return assets() / DENOISERS / f"{name.removeprefix(DEMO)}{WEIGHTS}"


def _place(model: Shipped) -> tuple[bool, float, str]:
    return model.sigma is None, model.sigma or 0.0, model.name


def shipped(name: str) -> Shipped:
    """The shipped model of a name, ``demo:digits-0.25``.

    Raises:
        UserError: there is none of that name.
    """
    known = {model.name: model for model in catalogue()}
    if name not in known:
        raise UserError(
            f"There is no shipped model {name}; there are {', '.join(known) or 'none'}."
        )
    return known[name]
