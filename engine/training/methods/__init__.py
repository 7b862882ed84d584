"""Training methods, one file each; adding one is a file and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SerializeAsAny

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.training.methods.base import Method
from engine.training.methods.consistency import Consistency
from engine.training.methods.gaussian import GaussianTraining
from engine.training.methods.macer import Macer
from engine.training.methods.smoothadv import SmoothAdv
from engine.training.methods.smoothmix import SmoothMix
from engine.training.methods.stability import Stability

METHODS: tuple[type[Method], ...] = (
    GaussianTraining,
    Stability,
    SmoothAdv,
    Macer,
    Consistency,
    SmoothMix,
)


def method_class(key: str) -> type[Method]:
    """The method of a key.

    Raises:
        UserError: there is none.
    """
    for method in METHODS:
        if method.key == key:
            return method
    known = ", ".join(method.key for method in METHODS)
    raise UserError(f"There is no training method '{key}'; there are {known}.")


def parse_method(values: Mapping[str, Any]) -> Method:
    """A method from its serialised form, ``{"key": "consistency", "weight": 10.0}``.

    Raises:
        UserError: unknown key, or a setting out of range.
    """
    settings = dict(values)
    return checked(method_class(str(settings.pop("key", ""))), **settings)


def _read(value: Any) -> Any:
    return parse_method(value) if isinstance(value, Mapping) else value


MethodField = Annotated[
    SerializeAsAny[Method], BeforeValidator(_read), Field(json_schema_extra={"form": False})
]

__all__ = ["METHODS", "Method", "MethodField", "method_class", "parse_method"]
