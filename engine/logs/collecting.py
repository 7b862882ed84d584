"""Logs from many files, and what is asked of them: radii, n and alpha. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.core.errors import UserError
from engine.core.fields import as_number
from engine.core.text import visible
from engine.logs.log import Log
from engine.logs.reading import check_sigma, read_logs

_MOST_FILES = 10_000


def check(*, n: int, alpha: float) -> None:
    """Refuse numbers with which no log was made.

    Raises:
        UserError: naming the flag.
    """
    if not 0 < alpha < 1:
        raise UserError(f"--alpha must be between 0 and 1 (it was {alpha:g}).")
    if not 1 <= n <= 10**12:
        raise UserError(f"--n must be from 1 to 10^12 (it was {n:,}).")


def read_radii(text: str) -> tuple[float, ...]:
    """Radii that are separated by commas; none for an empty text.

    >>> read_radii("0, 0.25,1/2")
    (0.0, 0.25, 0.5)

    Raises:
        UserError: one is no number from 0 on.
    """
    try:
        found = tuple(float(as_number(part, "float")) for part in text.split(",") if part.strip())
    except (ValueError, OverflowError):
        raise UserError(f"--radii takes numbers such as 0,0.25,0.5 (it was '{text}').") from None
    if any(not 0 <= radius < float("inf") for radius in found):
        raise UserError(f"--radii takes finite numbers from 0 on (it was '{text}').")
    return found


def read_all(paths: Sequence[Path], sigma: float | None) -> tuple[list[Log], dict[str, str]]:
    """The logs in some files and folders.

    Args:
        paths: a file must be a log; in a folder, and in its folders, they are searched for.
        sigma: as for ``read_logs``.

    Returns:
        All logs, and the files of folders that are none, with the reason.

    Raises:
        UserError: sigma cannot be, a file is no log, a folder is too large or has no log in it.
    """
    check_sigma(sigma)
    logs: list[Log] = []
    skipped: dict[str, str] = {}
    for path in paths:
        if not path.is_dir():
            logs += read_logs(path, sigma=sigma)
            continue
        inside = sorted(file for file in path.rglob("*") if file.is_file())
        if len(inside) > _MOST_FILES:
            raise UserError(f"{visible(str(path))} holds more than {_MOST_FILES:,} files.")
        for file in inside:
            try:
                logs += read_logs(file, sigma=sigma)
            except UserError as error:
                skipped[str(file)] = str(error)
    if not logs:
        raise UserError("There is no log in " + ", ".join(visible(str(path)) for path in paths))
    return logs, skipped


def short_names(paths: Sequence[str]) -> list[str]:
    """Paths without what they all begin with.

    >>> short_names(["a/b/noise_0.25/x.tsv", "a/b/noise_0.50/x.tsv"])
    ['noise_0.25/x.tsv', 'noise_0.50/x.tsv']
    """
    folders = [Path(path).parent.parts for path in paths]
    common = 0
    while all(len(parts) > common for parts in folders) and len({p[common] for p in folders}) == 1:
        common += 1
    return [str(Path(*Path(path).parts[common:])) for path in paths]
