"""What evidence states of a model that answers with places or numbers, without drawing again."""

from __future__ import annotations

from engine.core.records import ModelIdentity


def check_outputs(model: ModelIdentity) -> list[str]:
    """The two classes are the event that the tolerance defines, around some reference."""
    outputs = model.outputs
    if outputs is None or outputs.tolerance is None or not outputs.reference:
        return ["it states outputs without a tolerance and a reference"]
    if model.class_names != outputs.event():
        return ["its classes are not those of its outputs and their tolerance"]
    return []
