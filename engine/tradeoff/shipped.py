"""The shipped models that answer one attacker, each with the noise it was trained for."""

from __future__ import annotations

from engine.errors import UserError
from engine.records import ModelIdentity
from engine.schemes import Gaussian, Scheme, parse_scheme
from engine.tradeoff.attacker import Attacker, attack_of
from engine.tradeoff.records import Contender


def scheme_of(model: ModelIdentity) -> Scheme | None:
    """The scheme a model was trained for; None where its file does not say."""
    if model.training_scheme is not None:
        return parse_scheme(model.training_scheme)
    return None if model.training_sigma is None else Gaussian(sigma=model.training_sigma)


def contender(model: ModelIdentity) -> Contender:
    """A model with its own noise.

    Raises:
        UserError: its file does not say what noise it was trained with.
    """
    scheme = scheme_of(model)
    if scheme is None:
        raise UserError(
            f"{model.source} does not say with which noise it was trained; name models that do."
        )
    return Contender(model=model.source, name=model.name, scheme=scheme)


def shipped_contenders() -> tuple[Contender, ...]:
    """All shipped picture models that answer an attacker of pixels and strength."""
    from engine.models import load_model
    from engine.models.base import ModelRequest
    from engine.models.demo import catalogue

    identities = [load_model(ModelRequest(spec=one.name)).identity for one in catalogue()]
    return tuple(
        contender(found)
        for found in identities
        if found.kind == "image" and (scheme := scheme_of(found)) and attack_of(scheme, Attacker())
    )
