"""The shipped models that answer one attacker, each with the noise it was trained for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.comparison.records import Candidate
from engine.core.errors import UserError
from engine.core.fields import checked
from engine.core.records import ModelIdentity
from engine.models.native_metadata import taught_scheme
from engine.models.request import ModelRequest
from engine.models.request_text import request_words
from engine.regions import Norm
from engine.schemes import Scheme, scheme_class
from engine.schemes.attacker import Attacker, attack_of

Opened = tuple[ModelRequest, ModelIdentity]
"""How a model was asked for, and what it turned out to be."""


def candidate(opened: Opened, otherwise: Scheme | None = None) -> Candidate:
    """A model with its own noise.

    Args:
        opened: a classifier of images: a model, an ensemble, one behind a denoiser.
        otherwise: the noise of one that does not say with which it was trained, or of which the
            members say different things; of whatever stands behind a denoiser.

    Raises:
        UserError: it is none, nobody says what its noise is, or that noise knows no attacker who
            changes pixels.
    """
    return smoothed(opened, taught_scheme(opened[1]) or otherwise)


def smoothed(opened: Opened, scheme: Scheme | None) -> Candidate:
    """A model with a noise.

    Raises:
        UserError: as of :func:`candidate`.
    """
    request, model = opened
    _check(request, model)
    if scheme is None:
        raise UserError(
            f"{request_words(request)} does not say with which noise it was trained; name models "
            "that do, or the noise with it, such as sigma=0.25."
        )
    if attack_of(scheme, Attacker()) is None:
        raise UserError(
            f"The scheme '{scheme.key}' of {request_words(request)} says nothing of pixels and "
            "their l2 norm; compare schemes that do."
        )
    return Candidate(model=request, name=model.name, scheme=scheme)


def _check(request: ModelRequest, model: ModelIdentity) -> None:
    name = request_words(request)
    if model.kind != "image":
        raise UserError(f"{name} takes no images; schemes are compared on images.")
    if model.outputs is not None:
        raise UserError(
            f"{name} is read for numbers or places, which are no classes; schemes are compared on "
            "classes."
        )


def at_one_deviation(
    models: Sequence[Opened], keys: Sequence[str], sigma: float, norm: Norm
) -> tuple[Candidate, ...]:
    """Every model under each of several noises of one standard deviation.

    Args:
        models: classifiers of images.
        keys: of the schemes.
        sigma: deviation of every number.
        norm: of the attacker: schemes that have a choice certify in that norm.

    Raises:
        UserError: a model takes no images, or a scheme has no such noise.
    """
    found = []
    for key in keys:
        kind = scheme_class(key)
        known = {"norm": norm} if "norm" in kind.model_fields else {}
        scheme = checked(kind, **known).at_deviation(sigma)
        if scheme is None or attack_of(scheme, Attacker()) is None:
            raise UserError(
                f"The scheme '{key}' has no noise of one standard deviation in every number, "
                "certified by a norm."
            )
        found.append(scheme)
    return tuple(smoothed(opened, scheme) for opened in models for scheme in found)


def shipped_candidates() -> tuple[Candidate, ...]:
    """The shipped image models that answer an attacker of pixels and strength.

    Only those of the largest family that takes the same images and names the same classes: the
    others answer something else. Of several with the same noise the first.
    """
    from engine.models import load_model
    from engine.models.demo import catalogue

    requests = [ModelRequest(one.name) for one in catalogue()]
    opened = [(request, load_model(request).identity) for request in requests]
    able = [one for one in opened if _takes_part(one[1])]
    families = Counter(_family(model) for _, model in able)
    largest = families.most_common(1)[0][0] if families else None
    found = [candidate(one) for one in able if _family(one[1]) == largest]
    return tuple({one.scheme: one for one in reversed(found)}.values())[::-1]


def _family(model: ModelIdentity) -> tuple[object, ...]:
    return model.class_names, model.image_shape


def _takes_part(model: ModelIdentity) -> bool:
    scheme = taught_scheme(model) if model.kind == "image" else None
    return scheme is not None and attack_of(scheme, Attacker()) is not None
