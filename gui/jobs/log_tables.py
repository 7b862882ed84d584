"""What the worker does with other people's logs, and what a table says of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.core.errors import UserError
from engine.core.rounding import round_down, round_up, share_down

if TYPE_CHECKING:
    from engine.figures.curves import CurveFigure
    from engine.logs.summary import LogComparison, LogSummary

BEST = "\N{BLACK STAR}"
"""Stands beside the highest certified accuracy at a radius."""
_USUAL = ("Log", "sigma", "Rows", "ACR", "Abstained", "Clean")
_DIGITS, _NAME = 3, 37
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class AskedOfLogs:
    """What the page asks for, as it is typed.

    Attributes:
        paths: files and folders.
        sigma: of the noise; empty takes what the name of a file says.
        n, alpha: with which the logs are said to have been made.
        radii: at which certified accuracy is quoted; empty for the usual ones.
        first: path of the log that the others are compared with; empty takes the first.
    """

    paths: tuple[Path, ...]
    sigma: str = ""
    n: str = "100000"
    alpha: str = "0.001"
    radii: str = ""
    first: str = ""


@dataclass(frozen=True)
class LogsShown:
    """Some logs.

    Attributes:
        found: what they say, the one that the others are compared with first.
        names: of the logs, without what all their paths begin with.
        figure: certified accuracy over radius; None where no log has radii.
    """

    found: LogComparison
    names: tuple[str, ...]
    figure: CurveFigure | None


@dataclass(frozen=True)
class LogRow:
    """One log of those that are shown."""

    place: int
    name: str
    log: LogSummary
    shown: LogsShown


def read(asked: AskedOfLogs) -> LogsShown:
    """Read logs, measure and compare them, as ``certiscope import`` does.

    Raises:
        UserError: a number cannot be, a file cannot be read, or there is no log.
    """
    from engine.logs.collecting import check, read_all, read_radii, short_names
    from engine.logs.summary import RADII, figure, summarise

    n, alpha = int(_number("n", asked.n, "int")), _number("alpha", asked.alpha)
    check(n=n, alpha=alpha)
    radii = read_radii(asked.radii) or RADII
    sigma = _number("sigma", asked.sigma) if asked.sigma.strip() else None
    logs, skipped = read_all(asked.paths, sigma)
    logs.sort(key=lambda log: log.path != asked.first)  # the others stay as they are
    names = short_names([log.path for log in logs])
    found = summarise(logs, n=n, alpha=alpha, radii=radii, skipped=skipped)
    drawn = figure(logs, [_shortened(name) for name in names])
    return LogsShown(found, tuple(names), drawn if drawn.curves else None)


def _number(name: str, text: str, kind: str = "float") -> float:
    from engine.core.fields import as_number

    try:
        return as_number(text.strip(), kind)
    except (ValueError, OverflowError):
        raise UserError(f"--{name} must be a number (it was '{text}').") from None


def _shortened(name: str) -> str:
    """A name for a legend: its beginning and its end, where logs differ.

    >>> _shortened("certify__cifar10__resnet110__noise_0.25__test__sigma_0.25.tsv")
    'certify__cif…25__test__sigma_0.25.tsv'
    """
    return name if len(name) <= _NAME else f"{name[: _NAME // 3]}…{name[-2 * _NAME // 3 + 1 :]}"


def rows(shown: LogsShown) -> list[LogRow]:
    """A row per log."""
    pairs = zip(shown.names, shown.found.files, strict=True)
    return [LogRow(place, name, log, shown) for place, (name, log) in enumerate(pairs)]


def header(shown: LogsShown) -> tuple[str, ...]:
    """Names of the columns: facts, then the radii that some log reaches."""
    return (*_USUAL, *_radii(shown.found))


def texts(row: LogRow) -> tuple[str, ...]:
    """What the columns say of a log; shares are rounded down."""
    log, found = row.log, row.shown.found
    several = len(found.files) > 1
    shares = {name: log.certified_accuracy.get(name) for name in _radii(found)}
    return (
        row.name,
        "" if log.sigma is None else f"{log.sigma:g}",
        f"{log.rows:,}",
        _share(log.acr),
        "" if log.abstained is None else f"{log.abstained:,}",
        _share(log.clean_accuracy),
        *(
            f"{_share(share)}{BEST if several and found.best[name] == row.place else ''}"
            for name, share in shares.items()
        ),
    )


def is_best(row: LogRow, column: int) -> bool:
    """Whether a column is a radius at which the log is the best of several."""
    return column >= len(_USUAL) and texts(row)[column].endswith(BEST)


def faults(row: LogRow) -> str:
    """What is to be known of a log, a line each."""
    found = [finding.detail for finding in row.log.lint]
    return "\n".join(found) or "Nothing in the log speaks against it."


def differences(row: LogRow) -> list[tuple[str, str]]:
    """By how much a log is above the first at each radius, with the 95 % interval.

    Radii at which nothing is known to differ are left out.
    """
    if not row.place:
        return []
    found = row.shown.found.differences[row.place - 1]
    return [
        (
            f"at {name}",
            f"{_signed(share_down(one.difference, _DIGITS))}  "
            f"({_signed(round_down(one.low, _DIGITS))} to {_signed(round_up(one.high, _DIGITS))})",
        )
        for name, one in found.items()
        if one.difference or one.low > 0 or one.high < 0
    ]


def compared(row: LogRow) -> str:
    """What the differences are between, and when their intervals hold."""
    shown = row.shown
    if not row.place:
        others = len(shown.names) > 1
        return "The others are compared with this one." if others else ""
    found = shown.found.differences[row.place - 1]
    if not found:
        return "It cannot be compared: one of the two logs has no radii."
    same = next(iter(found.values())).paired
    return (
        f"Certified accuracy above that of {shown.names[0]} by radius, with its 95 % interval, if "
        f"the {'inputs, which are the same,' if same else 'inputs, which are others,'} are a "
        "random draw."
    )


def skipped(shown: LogsShown) -> str:
    """Files of folders that were no logs."""
    left = shown.found.skipped
    if not left:
        return ""
    path, reason = next(iter(left.items()))
    more = f", and {len(left) - 1:,} more" if len(left) > 1 else ""
    return f"Skipped as no log: {Path(path).name} ({reason}){more}"


def written(found: LogComparison, path: Path) -> Path:
    """Write logs side by side as the suffix says: CSV, else JSON.

    Raises:
        UserError: the file cannot be written.
    """
    from engine.report.logs import write_logs

    return write_logs(found, path)


def _radii(found: LogComparison) -> list[str]:
    """Those that some log reaches; at 0 it is what the column of clean accuracy says."""
    return [name for name in found.best if name != "0"]


def _share(value: float | None) -> str:
    """Rounded down; 0.3, which is no float, is not shown as 0.299."""
    return "" if value is None else share_down(value, _DIGITS)


def _signed(text: str) -> str:
    return text.replace("-", _MINUS) if text.startswith("-") else f"+{text}"
