"""What ``certiscope decide`` asks: is a radius certified, with as few votes as it takes?"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from engine.cli.case import case_flags
from engine.cli.flags import RUN, flag
from engine.cli.options import output_flags, read_settings, read_target, run_flags, scheme_flags
from engine.cli.sign import signing_flags
from engine.cli.subject import subject_flags
from engine.core.errors import UserError
from engine.evidence.settings import DecideSettings


def decide_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    return [
        *subject_flags(),
        *scheme_flags(),
        *run_flags("decide"),
        flag("radius", "The radius to decide.", RUN, float | None, metavar="R"),
        flag("target", "The perturbation to decide in the scheme's terms.", RUN, metavar="TERM=X"),
        flag(
            "phases",
            "Votes of each phase, e.g. 1000,10000,100000. Default 1 %, 10 % and 125 % of n.",
            RUN,
            metavar="N,N,..",
        ),
        flag(
            "give_up",
            "beta, the chance of giving up on a radius that could be certified.",
            RUN,
            float,
            default=0.0001,
            metavar="X",
        ),
        *case_flags(resumes=False),
        *output_flags(),
        *signing_flags(),
    ]


def decide_settings(values: Mapping[str, Any]) -> DecideSettings:
    """The decision that some flags ask for.

    Raises:
        UserError: a flag has a value that cannot be, or there is nothing to decide.
    """
    target = read_target(values["radius"], values["target"], name="--radius")
    if not target:
        raise UserError("A decision needs --radius R, or --target TERM=X.")
    phases, beta = _phases(values["phases"]), values["give_up"]
    if not 0 < beta < 1:
        raise UserError(f"--give-up must be between 0 and 1, without both (it was {beta:g}).")
    settings = read_settings(values, "decide", target=target, phases=phases, beta=beta)
    settings.scheme.parse_at(target, name="--target")
    return settings


def _phases(text: str) -> tuple[int, ...]:
    if text and not re.fullmatch(r"[0-9]{1,10}(\s*,\s*[0-9]{1,10})*", text.strip()):
        raise UserError(f"--phases must be whole numbers with commas between (it was '{text}').")
    return tuple(int(part) for part in text.split(",")) if text else ()
