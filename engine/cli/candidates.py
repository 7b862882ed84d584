"""Who takes part in ``certiscope compare``: models, ensembles, denoised models, and noises."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.cli.flags import WHAT, flag
from engine.cli.options import with_training
from engine.cli.subject import trust_flag
from engine.core.errors import UserError
from engine.core.fields import FieldSpec, as_number, field_specs
from engine.models.request_text import read_request
from engine.schemes import SCHEMES, Scheme, scheme_class

if TYPE_CHECKING:
    from engine.comparison import Attacker, Candidate
    from engine.core.records import ModelIdentity
    from engine.models.request import ModelRequest

_SCHEME = "scheme"


def candidate_flags() -> list[inspect.Parameter]:
    """The flags that name them."""
    return [
        flag(
            "models",
            "Models that say with which noise they were trained, separated by commas, M+M+M for an "
            "ensemble; the shipped ones if nothing is named.",
            WHAT,
            metavar="M,M,..",
        ),
        flag(
            "candidate",
            "A model with what is to be said of it: an ensemble 'a.pt + b.pt + c.pt, "
            "combine=votes, consensus=2', a denoised one 'a.pt, denoiser=d.pt, sigma=0.25'. The "
            "names are those of the flags of certify, --scheme and its parameters among them. "
            "Repeatable.",
            WHAT,
            list[str],
            metavar="'M + M, NAME=X, ..'",
        ),
        flag(
            "schemes",
            "Every model under these noises, all of one standard deviation --sigma, in place of "
            "the one it was trained with: gaussian,laplace,uniform,exp-inf.",
            WHAT,
            metavar="KEY,KEY,..",
        ),
        flag("sigma", "Standard deviation of the noises of --schemes.", WHAT, float | None),
        trust_flag(),
    ]


def candidates_of(values: Mapping[str, Any], attackers: list[Attacker]) -> tuple[Candidate, ...]:
    """Those that the flags name; the shipped ones where they name none.

    Raises:
        UserError: a model does not open or cannot take part, or the flags contradict each other.
    """
    from engine.comparison.demo_models import at_one_deviation, shipped_candidates

    keys = _listed(values["schemes"])
    texts = [*_listed(values["models"]), *values["candidate"]]
    if bool(keys) != (values["sigma"] is not None):
        raise UserError("--schemes and --sigma go together: noises of one standard deviation.")
    if keys and not texts:
        raise UserError("--schemes needs --models or --candidate, whose noise it replaces.")
    if not texts:
        return shipped_candidates()
    if not keys:
        return tuple(_candidate(text, trust=values["trust"]) for text in texts)
    norms = sorted({one.norm for one in attackers})
    if len(norms) > 1:
        raise UserError(f"Attackers of --schemes share one norm (there are {', '.join(norms)}).")
    opened = [_opened(text, trust=values["trust"]) for text in texts]
    if any(noise for _, _, noise in opened):
        raise UserError(
            "--schemes names the noise of every model; leave it out of --candidate, or leave out "
            "--schemes."
        )
    models = [(request, model) for request, model, _ in opened]
    return at_one_deviation(models, keys, values["sigma"], attackers[0].norm)


def _candidate(text: str, *, trust: bool) -> Candidate:
    from engine.comparison.demo_models import candidate, smoothed

    request, model, noise = _opened(text, trust=trust)
    opened = (request, model)
    return smoothed(opened, _scheme(noise, model)) if noise else candidate(opened)


def _opened(text: str, *, trust: bool) -> tuple[ModelRequest, ModelIdentity, dict[str, str]]:
    """How a model is read, what it is, and what is said of its noise."""
    from engine.models import load_model

    request, noise = read_request(text, {_SCHEME, *_parameters()}, trust=trust)
    model = load_model(request)
    model.unload()
    return request, model.identity, noise


def _scheme(noise: Mapping[str, str], model: ModelIdentity) -> Scheme:
    """The scheme that is said; what is left open as the model says it was trained."""
    from engine.models.native_metadata import taught_scheme

    taught = taught_scheme(model)
    chosen = scheme_class(noise.get(_SCHEME) or (taught.key if taught else SCHEMES[0].key))
    own = {spec.name: spec for spec in field_specs(chosen)}
    given = {name: text for name, text in noise.items() if name != _SCHEME}
    if foreign := [name for name in given if name not in own]:
        raise UserError(
            f"{foreign[0]} is no parameter of the scheme {chosen.key}, which takes "
            f"{', '.join(own) or 'none'}."
        )
    return with_training(chosen, {name: _value(own[name], given[name]) for name in given}, taught)


def _value(spec: FieldSpec, text: str) -> Any:
    if spec.kind not in ("int", "float"):
        return text
    try:
        return as_number(text, spec.kind)
    except (ValueError, OverflowError) as error:
        raise UserError(f"{spec.name} must be a number (it was '{text}').") from error


def _parameters() -> set[str]:
    return {spec.name for scheme in SCHEMES for spec in field_specs(scheme)}


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
