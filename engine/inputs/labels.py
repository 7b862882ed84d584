"""The true class of an input, as a model counts its classes."""

from __future__ import annotations

from collections.abc import Sequence


def label_in(
    names: Sequence[str], label: int | None, name: str | None
) -> tuple[int | None, tuple[str, ...]]:
    """The class by its name if the model has it, else by its number; and what to say of it.

    Args:
        names: the model's classes.
        label: the class as the input's own source numbers it; None if it is not known.
        name: its name there, where it has one.
    """
    if label is None or name in names:
        return (None if label is None or name is None else list(names).index(name)), ()
    if label >= len(names):
        return None, (f"its label '{name or ''}' (number {label}) is no class of the model",)
    if not name:
        return label, ()
    return label, (f"its label '{name}' is taken for class {label} ('{names[label]}') by number",)
