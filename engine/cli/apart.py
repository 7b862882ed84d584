"""No file of a command is replaced by what the same command writes.

A result is written over what stood at its place, as one expects of it. But where the place is that
of the case file, of the votes that were read, or of another result of the command, runs that nobody
can draw again, or half of what was asked for, would be gone without a word.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.core.errors import UserError
from engine.core.files import is_special, read_description

_WRITTEN = ("json", "report", "csv", "plot", "out")
"""Values whose files are replaced as a whole."""
_TEXTS = ("json", "csv", "out", "model", "models", "input", "labels", "denoiser", "encrypted_ca")
"""Values that name files as text, of inputs perhaps with a place in them (``rows.csv:3``)."""
_MODELS = ("model", "models", "denoiser")
"""Values that name models: a card beside the weights is read with them."""
_LONGEST_CARD = 1 << 16
_STDOUT = "-"


_SIGNED = ("json", "report")
"""Values whose files ``--sign`` signs, each in an envelope beside it."""


def check_apart(values: Mapping[str, Any], name_of: Mapping[str, str]) -> None:
    """Refuse a file that is to be written and that another flag or argument names too.

    Args:
        values: of the flags and arguments.
        name_of: flag of each; an argument has none.

    Raises:
        UserError: two of them name one file, which one would replace.
    """
    named = [(name, path) for name in values for path in _paths(name, values[name])]
    for written, path in named:
        if written not in _WRITTEN or _is_device(path):
            continue
        for other, there in named:
            if other != written and _same(path, there):
                flag, second = name_of.get(written), name_of.get(other)
                what = f"{second} names it too" if second else "it is the file that is read"
                raise UserError(
                    f"{flag} {path} would replace a file of this command: {what}; "
                    f"give {flag} another name."
                )
    for signed, envelope in _envelopes(values):
        for other, there in named:
            if _same(envelope, there):
                second = f"of {name_of[other]} " if name_of.get(other) else "that is read "
                raise UserError(
                    f"The signature of {name_of.get(signed)} belongs into {envelope}, and would "
                    f"replace the file {second}there; give one of the two another name."
                )


def _envelopes(values: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """Where signatures go, with the value whose file each signs."""
    if not values.get("sign"):
        return
    from engine.signing.attestation import envelope_path  # not for every command

    for name in _SIGNED:
        for path in _paths(name, values.get(name)):
            yield name, envelope_path(path)


def _paths(name: str, value: Any) -> Iterator[Path]:
    """The files that a value names; of a text that may be something else those that there are."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Path):
            yield one
        elif name in _TEXTS and isinstance(one, str) and one not in ("", _STDOUT):
            if name in _MODELS and _is_card(card := Path(one).with_suffix(".json")):
                yield card
            yield from (
                Path(text)
                for text in ((one,) if name in _WRITTEN else (one, one.rpartition(":")[0]))
                if text and (name in _WRITTEN or _there(Path(text)))
            )


def _is_card(path: Path) -> bool:
    """Whether a model's card lies there, and not the result of an earlier call of this command."""
    try:
        if not path.is_file() or path.stat().st_size > _LONGEST_CARD:
            return False
        found = read_description(path)
    except (OSError, ValueError):
        return False
    return "architecture" in found and "run_id" not in found


def _is_device(path: Path) -> bool:
    """Whether nothing is replaced there: a device, a pipe."""
    return _there(path) and is_special(path)


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # words of a text, say, too long for a name
        return False


def _same(one: Path, other: Path) -> bool:
    """Whether two names lead to one file, be it there or not."""
    return os.path.realpath(one) == os.path.realpath(other)
