"""Flags as parameters of a command's signature, which typer reads; their order in the help."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import typer

from engine.cli.apart import check_apart
from engine.core.errors import BadValue
from engine.core.fields import as_number

WHAT, RUN, OUTPUT = "What is certified", "Run", "Output"
SCHEME, WRITING, RARE = "Parameters of the scheme", "Generative models", "Seldom needed"
_PANELS = (WHAT, RUN, OUTPUT, SCHEME, WRITING, RARE)
"""The order in which the help lists them; panels of a command's own come after OUTPUT."""


def flag(name: str, help_: str, panel: str, kind: Any = str, **more: Any) -> inspect.Parameter:
    """One option as a parameter of a command's signature.

    Args:
        name: of the value; its flag is ``--name`` unless ``more`` has a ``flag``.
        help_: what it means.
        panel: under which heading the help lists it.
        kind: type of the value.
        **more: its ``default``, else an empty text, False, no items or None, as the kind has it;
            and further arguments of :func:`typer.Option`.
    """
    empty = {str: "", bool: False, list[str]: [], list[Path]: []}.get(kind)
    if kind in _PARSERS:
        more = {"parser": _PARSERS[kind], "metavar": "N" if _is_whole(kind) else "X", **more}
    option = typer.Option(
        more.pop("default", empty),
        more.pop("flag", "--" + name.replace("_", "-")),
        help=help_,
        rich_help_panel=panel,
        **more,
    )
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=kind)


def _is_whole(kind: Any) -> bool:
    return kind in (int, int | None)


def _whole(text: Any) -> int:
    return _number(text, "int", "a whole number")  # type: ignore[return-value]


def _real(text: Any) -> float:
    return float(_number(text, "float", "a number such as 0.25 or 64/255"))


def _number(text: Any, kind: str, what: str) -> int | float:
    """The number that a flag was given; defaults come as they are."""
    if not isinstance(text, str):
        return text  # type: ignore[no-any-return]
    try:
        return as_number(text, kind)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"must be {what} (it was '{text}').") from None


_PARSERS: dict[Any, Callable[[Any], int | float]] = {
    int: _whole,
    int | None: _whole,
    float: _real,
    float | None: _real,
}


def argument(name: str, metavar: str, help_: str) -> inspect.Parameter:
    """A file that a command names without a flag."""
    place = typer.Argument(..., metavar=metavar, help=help_)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(name, kind, default=place, annotation=Path)


def with_flags(
    function: Callable[[Mapping[str, Any]], int], flags: list[inspect.Parameter]
) -> Callable[..., int]:
    """A command that takes ``flags`` and hands their values over as one mapping.

    A value that a record refuses is refused under the flag that gave it, and a file that the
    command would replace under the one that names it.
    """
    flag_of = {each.name: _flag_name(each) for each in flags}

    def command(**values: Any) -> int:
        check_apart(values, flag_of)
        try:
            return function(values)
        except BadValue as error:
            name = flag_of.get(error.field)
            if not name or values[error.field] in (None, "", []):
                raise
            raise error.under(name) from error

    ordered = sorted(flags, key=_place)
    command.__doc__ = _paragraphs(function.__doc__ or "")
    command.__name__ = function.__name__
    command.__signature__ = inspect.Signature(ordered)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in flags}
    return command


def _flag_name(each: inspect.Parameter) -> str:
    """The flag, of a switch the one that turns it on; empty for an argument.

    >>> _flag_name(flag("beta", "Chance.", RUN, float, flag="--give-up"))
    '--give-up'
    """
    names = getattr(each.default, "param_decls", None) or ("",)
    return str(names[0]).partition("/")[0]


def _paragraphs(text: str) -> str:
    r"""A docstring with a line for each paragraph: the help breaks lines where its own width ends.

    >>> _paragraphs("One line.\n\n    A second\n    paragraph.")
    'One line.\n\nA second paragraph.'
    """
    return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n"))


def _place(each: inspect.Parameter) -> int:
    """Where the help lists a flag: arguments first, then what most runs need."""
    panel = getattr(each.default, "rich_help_panel", None) or WHAT
    return _PANELS.index(panel) if panel in _PANELS else _PANELS.index(SCHEME)
