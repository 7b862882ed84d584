"""The flags of a run, made from what schemes and settings declare.

A scheme that joins the catalogue gets its flags here without an edit.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, overload

from engine import schemes
from engine.cli.flags import OUTPUT, RARE, RUN, SCHEME, WHAT, WRITING, flag
from engine.cli.output import say
from engine.core.errors import UserError
from engine.core.fields import FieldSpec, checked, field_specs
from engine.evidence.assignment import Assignment
from engine.evidence.settings import (
    Counting,
    DecideSettings,
    Execution,
    MeasureSettings,
    PredictSettings,
    RunSettings,
    Task,
    carried_out,
    declared,
    run_specs,
)
from engine.models.native_metadata import common_noise
from engine.schemes import Scheme, scheme_class

_TARGET_RADIUS = (
    "End the run once this radius is certified or hopeless: --target radius=X. 0 runs to n."
)
_TYPES: dict[str, type] = {"int": int, "float": float, "str": str, "bool": bool, "choice": str}


def scheme_flags(*, of_a_model: bool = True) -> list[inspect.Parameter]:
    """``--scheme`` and every parameter of every scheme of the catalogue, each flag once.

    Args:
        of_a_model: flags that are left out take what the model says it was trained with; without
            one none may be left out.
    """
    keys = [scheme.key for scheme in schemes.SCHEMES]
    usual = (
        f"Default what the model says it was trained with, else {keys[0]}; so are the parameters "
        "that are left out."
        if of_a_model
        else "It has no default, nor have its parameters."
    )
    chosen = flag(
        "scheme",
        f"Noise and certificate: {', '.join(keys)}. {usual}",
        WHAT,
        metavar="KEY",
    )
    specs = {scheme.key: field_specs(scheme) for scheme in schemes.SCHEMES}
    return [chosen, *shared_flags(specs, SCHEME, defaults=of_a_model)]


def shared_flags(
    specs: Mapping[str, Sequence[FieldSpec]], panel: str, *, defaults: bool = True
) -> list[inspect.Parameter]:
    """The parameters of several things, each flag once; None stands for the thing's own default.

    Args:
        specs: by the key of what they belong to.
        panel: under which heading the help lists them.
        defaults: whether the help says them.
    """
    owners: dict[str, list[tuple[str, FieldSpec]]] = {}
    for key, own in specs.items():
        for spec in own:
            owners.setdefault(spec.name, []).append((key, spec))
    return [
        _setting_flag(_widest(each), _meanings(each) + (_defaults(each) if defaults else ""), panel)
        for each in owners.values()
    ]


def _listed(model: str | list[str] | None) -> list[str]:
    """One model, the members of an ensemble, or none."""
    return [model] if isinstance(model, str) else model or []


def _widest(owners: list[tuple[str, FieldSpec]]) -> FieldSpec:
    """The one that takes most: where one of them takes fractions the flag reads them for all."""
    return next((spec for _, spec in owners if spec.kind == "float"), owners[0][1])


def _defaults(owners: list[tuple[str, FieldSpec]]) -> str:
    defaults = ", ".join(f"{key}: {owner.default}" for key, owner in owners)
    if len({owner.default for _, owner in owners}) == 1:
        alike = owners[0][1].default
        defaults = "not given" if alike is None else str(alike)
    return f" Default {defaults}."


def _meanings(owners: list[tuple[str, FieldSpec]]) -> str:
    """What the flag means, for each scheme where they do not agree."""
    keys: dict[str, list[str]] = {}
    for key, spec in owners:
        keys.setdefault(_sentence(spec), []).append(key)
    if len(keys) == 1:
        return next(iter(keys))
    return " ".join(f"For {', '.join(each)}: {text}" for text, each in keys.items())


def _setting_flag(spec: FieldSpec, help_: str, panel: str) -> inspect.Parameter:
    """A flag that is None unless given, so that defaults stay where they are declared."""
    kind = _TYPES[spec.kind] | None
    if spec.kind == "bool":
        both = f"{spec.flag}/--no-{spec.flag.removeprefix('--')}"
        return flag(spec.name, help_, panel, kind, flag=both)
    return flag(spec.name, help_, panel, kind, flag=spec.flag, metavar=_metavar(spec))


def run_flags(task: Task, *, defaults: bool = True) -> list[inspect.Parameter]:
    """The settings that ``task`` reads, and how it is carried out.

    Args:
        task: the command.
        defaults: whether a setting may be left out.
    """
    flags = []
    for spec in run_specs(task):
        unset = spec.unset if spec.optional else "none"
        shown = unset if spec.default in (None, "") else spec.default
        default = f" Default {shown}." if defaults else ""
        panel = RARE if spec.advanced else RUN
        flags.append(_setting_flag(spec, f"{_sentence(spec)}{default}", panel))
        if spec.name == "target":
            flags.append(flag("target_radius", _TARGET_RADIUS, panel, float | None, metavar="X"))
    return flags


def at_flag() -> inspect.Parameter:
    """Perturbations to answer."""
    return flag(
        "at",
        "Also say whether this perturbation is certified, e.g. radius=0.25. Repeatable.",
        OUTPUT,
        list[str],
        metavar="TERM=X",
    )


def oracle_label_flags() -> list[inspect.Parameter]:
    """Labelled answers, for a claim about the true class beside the oracle's."""
    return [
        flag(
            "oracle_labels",
            "For a generative model: labelled answers, a CSV file whose header is "
            "'answer,said,true' with rows such as 'go left,turn left,turn left' (the answer, the "
            "oracle's class, the true one; a column 'count' may follow), or "
            "'class,accepted,true,count' with rows such as 'turn left,yes,no,3', all about one "
            "class. Adds a claim about the true class.",
            WRITING,
            Path | None,
            metavar="F.csv",
        ),
        flag("audit", "Former name of --oracle-labels.", WRITING, Path | None, hidden=True),
        flag(
            "oracle_alpha",
            "Chance that the bound drawn from the labels is wrong; added to alpha. Default alpha.",
            WRITING,
            float | None,
            metavar="X",
        ),
    ]


def output_flags() -> list[inspect.Parameter]:
    """Where the result goes."""
    return [
        flag("json", "Write the evidence as JSON; '-' is standard output.", OUTPUT),
        flag(
            "report",
            "Write a report; the ending says which: .pdf, .html, .csv. Repeatable.",
            OUTPUT,
            list[Path],
            metavar="F.pdf",
        ),
        flag("quiet", "Print the statement alone.", OUTPUT, bool),
        *(
            flag(spec.name, f"For the report: {spec.help}.", OUTPUT, metavar="TEXT")
            for spec in field_specs(Assignment)
        ),
    ]


@overload
def read_settings(values: Mapping[str, Any], task: Literal["certify"], **more: Any) -> Counting: ...
@overload
def read_settings(
    values: Mapping[str, Any], task: Literal["predict"], **more: Any
) -> PredictSettings: ...
@overload
def read_settings(
    values: Mapping[str, Any], task: Literal["certify", "measure"], **more: Any
) -> Counting | MeasureSettings: ...
@overload
def read_settings(
    values: Mapping[str, Any], task: Literal["decide"], **more: Any
) -> DecideSettings: ...
def read_settings(values: Mapping[str, Any], task: Task, **more: Any) -> RunSettings:
    """The settings that some flags' values mean.

    Args:
        values: of the flags.
        task: the command.
        **more: fields that have flags of their own.

    Raises:
        UserError: an unknown scheme, a flag of another scheme, a value out of range.
    """
    scheme = read_scheme(values)
    given = {
        spec.name: values[spec.name]
        for spec in run_specs(task)
        if values.get(spec.name) is not None
    }
    radius = values.get("target_radius")
    if radius is not None and given.get("target"):  # 0 too: it asks for no target
        raise UserError("Give either --target-radius or --target, not both.")
    if radius:
        given["target"] = _radius_target(scheme, radius)
    found = declared(task, scheme, {**given, **more})
    taken = {**type(found).model_fields, **Execution.model_fields}
    for spec in run_specs(task):
        name = spec.name
        if name in given and name not in taken and given[name] != getattr(found, name, None):
            say(f"{spec.flag} decides nothing under the scheme {scheme.key}, and is ignored.")
    return found


def read_execution(values: Mapping[str, Any]) -> Execution:
    """How some flags' values say that a run is carried out.

    Raises:
        UserError: a value out of range.
    """
    return carried_out({name: value for name, value in values.items() if value is not None})


def read_target(radius: float | None, target: str, *, name: str) -> str:
    """The target as the scheme's text; ``--target-radius 0.5`` is ``--target radius=0.5``.

    Raises:
        UserError: both flags were given, or a radius that none can be.
    """
    if radius is not None and target:
        raise UserError(f"{name} and --target say the same thing; give one of them.")
    return target if radius is None else _radius_text(radius, name)


def _radius_target(scheme: Scheme, radius: float) -> str:
    """``--target-radius 0.5`` is ``--target radius=0.5``."""
    if "radius" not in scheme.terms:
        terms = ",".join(f"{term}=1" for term in scheme.terms)
        raise UserError(
            f"The scheme '{scheme.key}' certifies no radius; say --target {terms} instead "
            "of --target-radius."
        )
    return _radius_text(radius, "--target-radius")


def _radius_text(radius: float, name: str) -> str:
    """The radius that the flag ``name`` gave, as a perturbation's text."""
    if not 0 <= radius < math.inf:
        raise UserError(f"{name} must be a finite number from 0 on (it was {radius:g}).")
    return f"radius={radius!r}"


def _owners(name: str) -> str:
    """The schemes that have a parameter of that name."""
    keys = [one.key for one in schemes.SCHEMES if name in one.model_fields]
    return f"the scheme {keys[0]}" if len(keys) == 1 else f"the schemes {', '.join(keys)}"


def read_scheme(values: Mapping[str, Any]) -> Scheme:
    """The scheme of some flags; what they leave open is as the model says it was trained."""
    own_scheme = common_noise(_listed(values.get("model")))
    default = own_scheme.key if own_scheme else schemes.SCHEMES[0].key
    chosen = scheme_class(values["scheme"] or default)
    own = {spec.name: spec for spec in field_specs(chosen)}
    for other in schemes.SCHEMES:
        for spec in field_specs(other):
            if spec.name not in own and values.get(spec.name) is not None:
                takes = ", ".join(mine.flag for mine in own.values()) or "no parameter"
                raise UserError(
                    f"{spec.flag} belongs to {_owners(spec.name)}; {chosen.key} takes {takes}."
                )
    given = {name: values[name] for name in own if values.get(name) is not None}
    found = with_training(chosen, given, own_scheme)
    # A printed command line gives them all: what decides nothing stands there at its default.
    printed = all(
        name in given or not spec.told(getattr(found, name)) or getattr(found, name) is None
        for name, spec in own.items()
    )
    for name in sorted(found.idle() & given.keys()):
        if given[name] != own[name].default or not printed:
            say(f"{own[name].flag} decides nothing beside the other flags, and is ignored.")
    return found


def with_training(
    chosen: type[Scheme], given: Mapping[str, Any], own_scheme: Scheme | None
) -> Scheme:
    """The scheme of what is given; the rest as the model's own noise has it, or by default."""
    if own_scheme is None or own_scheme.key != chosen.key:
        return checked(chosen, **given)
    taught = {spec.name: getattr(own_scheme, spec.name) for spec in field_specs(chosen)}
    try:
        return checked(chosen, **{**taught, **given})
    except UserError:
        # A flag may rule out what the model was trained with: --p instead of --keep.
        return checked(chosen, **given)


def _sentence(spec: FieldSpec) -> str:
    text = spec.help or spec.title
    unit = f", {spec.unit}" if spec.unit and spec.unit not in text else ""
    return f"{text[:1].upper()}{text[1:]}{unit}."


def _metavar(spec: FieldSpec) -> str:
    if spec.choices:
        return "|".join(spec.choices)
    return {"int": "N", "float": "X"}.get(spec.kind, "TEXT")
