"""What evidence states of a model that answers with places or numbers, without drawing again."""

from __future__ import annotations

from engine.core.outputs import ANSWER
from engine.core.records import ModelIdentity


def check_outputs(model: ModelIdentity, *, measured: bool) -> list[str]:
    """The classes are the event that the tolerance defines, around some reference.

    Args:
        model: that the evidence names.
        measured: its numbers were kept; then there is neither, and one class for an answer.
    """
    outputs = model.outputs
    if measured:
        if outputs is None or outputs.tolerance is not None or outputs.reference:
            return ["intervals are about outputs without a tolerance and a reference"]
        return [] if model.class_names == ANSWER else ["its class is not that of an answer"]
    if outputs is None or outputs.tolerance is None or not outputs.reference:
        return ["it states outputs without a tolerance and a reference"]
    if model.class_names != outputs.event():
        return ["its classes are not those of its outputs and their tolerance"]
    return []
