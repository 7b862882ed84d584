"""The base of everything that is recorded: frozen, closed, written and read as JSON."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen, closed pydantic model: unknown fields are refused, nothing changes after birth."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)
