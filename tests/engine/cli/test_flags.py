"""Flags as typer reads them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import typer

from engine.cli.flags import OUTPUT, RARE, RUN, SCHEME, WHAT, flag, with_flags
from engine.core.errors import BadValue, UserError


def test_panels_come_in_the_order_of_need() -> None:
    panels = {
        "rare": RARE,
        "scheme": SCHEME,
        "own": "Its own",
        "out": OUTPUT,
        "run": RUN,
        "what": WHAT,
    }
    command = with_flags(len, [flag(name, "help", panel) for name, panel in panels.items()])
    ordered = ["what", "run", "out", "scheme", "own", "rare"]
    assert list(command.__signature__.parameters) == ordered  # type: ignore[attr-defined]


def test_a_refused_value_is_named_by_the_flag_that_gave_it() -> None:
    def refuse(values: Mapping[str, object]) -> int:
        raise BadValue("p_plus", f"must be below 1 (it was {values['p_plus']}).")

    app = typer.Typer()
    app.command()(with_flags(refuse, [flag("p_plus", "help", RUN, float | None)]))
    with pytest.raises(UserError, match=r"^--p-plus must be below 1 \(it was 2.0\)\.$"):
        app(["--p-plus", "2"], standalone_mode=False)
    with pytest.raises(UserError, match=r"^p_plus must be below 1"):  # a default, or a file's
        app([], standalone_mode=False)


def test_values_have_their_kind_and_their_default() -> None:
    seen: list[dict[str, object]] = []
    flags = [
        flag("n", "help", RUN, int, default=3),
        flag("sigma", "help", RUN, float | None),
        flag("report", "help", OUTPUT, list[Path]),
        flag("quiet", "help", OUTPUT, bool),
    ]
    app = typer.Typer()
    app.command()(with_flags(lambda values: seen.append(dict(values)) or 0, flags))
    for words in ([], ["--n", "1e3", "--sigma", "1/4", "--report", "a", "--quiet"]):
        app(words, standalone_mode=False)
    assert seen == [
        {"n": 3, "sigma": None, "report": [], "quiet": False},
        {"n": 1000, "sigma": 0.25, "report": [Path("a")], "quiet": True},
    ]
    with pytest.raises(typer.BadParameter, match="must be a whole number"):
        app(["--n", "1/2"], standalone_mode=False)
