"""The base of everything that is recorded: frozen, closed, written and read as JSON."""

from __future__ import annotations

from typing import TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict

M = TypeVar("M", bound=BaseModel)


class Record(BaseModel):
    """A frozen, closed pydantic model: unknown fields are refused, nothing changes after birth."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


def much_derived(model: type[M]) -> type[M]:
    """Have the annotations of a model that many are derived from read once, as a decorator.

    Written as they are, as text, pydantic reads those of every base anew for each class: a tenth
    of a second of each start for the schemes.

    Raises:
        NameError: an annotation names what its module imports for the type checker alone.
    """
    known = get_type_hints(model, include_extras=True)
    model.__annotations__ = {name: known[name] for name in vars(model).get("__annotations__", {})}
    return model
