"""What a form or a command line needs to know of a record's fields.

Schemes and settings declare each parameter once, with title, unit, range and help; the window's
form, the command line's flags, the README's table and the report's rows are made from this.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from engine.core.errors import BadValue, UserError

T = TypeVar("T", bound=BaseModel)
FieldKind = Literal["int", "float", "str", "bool", "choice"]


@dataclass(frozen=True)
class FieldSpec:
    """One parameter of a scheme or of a run.

    Attributes:
        name: the attribute, also the key in JSON.
        flag: the command line's flag, ``--p-plus`` for ``p_plus``.
        kind: ``int``, ``float``, ``str``, ``bool`` or ``choice``.
        optional: the value may be None.
        unset: what None stands for, in words.
        minimum, maximum: inclusive or exclusive bounds, as the validator has them; None if none.
        choices: allowed values for ``choice``.
        unit: of the value, as shown behind the field; may be empty.
        step: a sensible step for a spin box.
        advanced: rarely changed; a form may fold it away.
        slider: lowest value, highest value and step of a slider for it; None for no slider. Values
            beyond its ends are still allowed.
        quiet: stands after all others, and is told only where it is not as by default.
        of_noise: of a scheme, whether it may change the noise; those that only change what is
            certified mean nothing to a training.
    """

    name: str
    flag: str
    title: str
    help: str
    kind: FieldKind
    default: Any
    optional: bool = False
    unset: str = "not given"
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    step: float | None = None
    advanced: bool = False
    slider: tuple[float, float, float] | None = None
    quiet: bool = False
    of_noise: bool = True

    def told(self, value: object) -> bool:
        """Whether a command line or a list of parameters names it."""
        return not self.quiet or value != self.default


def _limit(info: FieldInfo, *names: str) -> float | None:
    for constraint in info.metadata:
        for name in names:
            value = getattr(constraint, name, None)
            if value is not None:
                return float(value)
    return None


def _kind(info: FieldInfo, annotation: Any) -> tuple[FieldKind, tuple[str, ...]]:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    choices = extra.get("choices")
    if isinstance(choices, list | tuple):
        return "choice", tuple(str(choice) for choice in choices)
    if get_origin(annotation) is Literal:
        return "choice", tuple(get_args(annotation))
    plain: dict[Any, FieldKind] = {int: "int", float: "float", bool: "bool"}
    return plain.get(annotation, "str"), ()


def _slider(declared: Any) -> tuple[float, float, float] | None:
    if not isinstance(declared, list | tuple):
        return None
    low, high, step = map(float, declared)
    return low, high, step


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """The type of a value that is given, and whether None is allowed too."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, False
    given = [part for part in get_args(annotation) if part is not type(None)]
    return given[0], len(given) < len(get_args(annotation))


def field_specs(model: type[BaseModel]) -> list[FieldSpec]:
    """The editable fields of a record class, in the order they were declared, quiet ones last.

    Fields whose ``json_schema_extra`` says ``{"form": False}`` are left out.
    """
    specs = []
    for name, info in model.model_fields.items():
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        if extra.get("form") is False:
            continue
        annotation, optional = _without_none(info.annotation)
        kind, choices = _kind(info, annotation)
        step = extra.get("step")
        specs.append(
            FieldSpec(
                name=name,
                flag="--" + name.replace("_", "-"),
                title=info.title or name,
                help=info.description or "",
                kind=kind,
                default=info.default,
                optional=optional,
                unset=str(extra.get("unset", "not given")),
                minimum=_limit(info, "ge", "gt"),
                maximum=_limit(info, "le", "lt"),
                choices=choices,
                unit=str(extra.get("unit", "")),
                step=float(step) if isinstance(step, int | float) else None,
                advanced=extra.get("advanced") is True,
                slider=_slider(extra.get("slider")),
                quiet=extra.get("quiet") is True,
                of_noise=extra.get("noise") is not False,
            )
        )
    return sorted(specs, key=lambda spec: spec.quiet)


def as_number(text: str, kind: str) -> int | float:
    """A typed number: ``0.25``, ``64/255``, and for a whole one ``100,000`` or ``1e5``.

    Digits may be grouped in whole numbers only, where a comma cannot be decimal.

    Raises:
        ValueError: it is none.
    """
    above, slash, below = text.partition("/")
    if slash:
        ratio = Fraction(int(above), int(below)) if int(below) else Fraction(0)
        if not int(below) or (kind == "int" and ratio.denominator != 1):
            raise ValueError(text)
        return int(ratio) if kind == "int" else float(ratio)
    if kind == "float":
        return float(text)
    grouped = text.replace(",", "").replace(" ", "")
    number = float(grouped)
    if not number.is_integer():
        raise ValueError(text)
    return int(grouped) if grouped.lstrip("+-").isdigit() else int(number)


def checked(model: type[T], **values: Any) -> T:
    """Build a record; a value out of range becomes one sentence.

    Raises:
        UserError: e.g. ``sigma must be greater than 0 (it was -1.0).``; a ``BadValue`` where one
            field is at fault.
    """
    try:
        return model(**values)
    except ValidationError as error:
        raise refusal(error) from error


def _alternatives(pattern: str) -> str:
    r"""A pattern of alternatives in words; any other as it is.

    >>> _alternatives(r"^(cpu|cuda(:\d+)?)$")
    'cpu or cuda[:N]'
    """
    words = pattern.removeprefix("^(").removesuffix(")$").replace(r"(:\d+)?", "[:N]").split("|")
    if not all(word.replace("[:N]", "").isalnum() for word in words):
        return f"of the form {pattern}"
    return f"{', '.join(words[:-1])} or {words[-1]}"


def refusal(error: ValidationError) -> UserError:
    """The first complaint of a pydantic error as a sentence for people."""
    first = error.errors()[0]
    name = ".".join(part for part in first["loc"] if isinstance(part, str))
    message = first["msg"].removeprefix("Value error, ")
    if not name:  # about several values together: the message is the sentence
        return UserError(f"{message}.")
    if first["type"] == "extra_forbidden":
        return UserError(f"There is no parameter {name}.")
    limit = next((v for v in first.get("ctx", {}).values() if isinstance(v, float)), None)
    if limit is not None:  # pydantic writes 1e-30 with thirty digits
        message = f"{message.rpartition(' ')[0]} {limit:g}"
    if first["type"] == "int_parsing":  # else it adds how it failed
        message = "must be a whole number"
    if (pattern := first.get("ctx", {}).get("pattern")) is not None:
        message = f"must be {_alternatives(pattern)}"
    if message.startswith("Input should be "):
        message = "must be " + message.removeprefix("Input should be ")
    given = first.get("input")
    tail = f" (it was {given!r})" if isinstance(given, str | int | float) else ""
    return BadValue(name, f"{message}{tail}.")
