"""The shipped models that answer one attacker, each with the noise it was trained for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.comparison.records import Candidate
from engine.core.errors import UserError
from engine.core.fields import checked
from engine.core.records import ModelIdentity
from engine.models.native_metadata import taught_scheme
from engine.regions import Norm
from engine.schemes import Scheme, scheme_class
from engine.schemes.attacker import Attacker, attack_of


def candidate(model: ModelIdentity, otherwise: Scheme | None = None) -> Candidate:
    """A model with its own noise.

    Args:
        model: of an image.
        otherwise: the noise of a model whose file does not say with which it was trained.

    Raises:
        UserError: it takes no images, nobody says what its noise is, or that noise knows no
            attacker who changes pixels.
    """
    if model.kind != "image":
        raise UserError(f"{model.source} takes no images; schemes are compared on images.")
    scheme = taught_scheme(model) or otherwise
    if scheme is None:
        raise UserError(
            f"{model.source} does not say with which noise it was trained; name models that do."
        )
    if attack_of(scheme, Attacker()) is None:
        raise UserError(
            f"The scheme '{scheme.key}' of {model.source} says nothing of pixels and their l2 "
            "norm; compare schemes that do."
        )
    return Candidate(model=model.source, name=model.name, scheme=scheme)


def at_one_deviation(
    models: Sequence[ModelIdentity], keys: Sequence[str], sigma: float, norm: Norm
) -> tuple[Candidate, ...]:
    """Every model under each of several noises of one standard deviation.

    Args:
        models: of images.
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
    for model in models:
        if model.kind != "image":
            raise UserError(f"{model.source} takes no images; schemes are compared on images.")
    return tuple(Candidate(model=m.source, name=m.name, scheme=s) for m in models for s in found)


def shipped_candidates() -> tuple[Candidate, ...]:
    """The shipped image models that answer an attacker of pixels and strength.

    Only those of the largest family that takes the same images and names the same classes: the
    others answer something else. Of several with the same noise the first.
    """
    from engine.models import load_model
    from engine.models.base import ModelRequest
    from engine.models.demo import catalogue

    identities = [load_model(ModelRequest(spec=one.name)).identity for one in catalogue()]
    able = [one for one in identities if _takes_part(one)]
    families = Counter(map(_family, able))
    largest = families.most_common(1)[0][0] if families else None
    found = [candidate(one) for one in able if _family(one) == largest]
    return tuple({one.scheme: one for one in reversed(found)}.values())[::-1]


def _family(model: ModelIdentity) -> tuple[object, ...]:
    return model.class_names, model.image_shape


def _takes_part(model: ModelIdentity) -> bool:
    scheme = taught_scheme(model) if model.kind == "image" else None
    return scheme is not None and attack_of(scheme, Attacker()) is not None
