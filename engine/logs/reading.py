"""Reading logs: the tables of certify and predict scripts by their header, MACER's .mat. No torch.

The layouts are those of the published repositories: J. Cohen's and what derives from it
(adversarial training, consistency, SmoothMix, denoised smoothing, diffusion), ensembles with
adaptive sampling and consensus, input-specific sampling, semantic transformations. What counts is
the header's names, not their order.
"""

from __future__ import annotations

import math
import re
import stat
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.core.errors import UserError
from engine.core.text import visible
from engine.logs.log import ABSTAINED, Kind, Log

_LARGEST = 64 << 20
_RADII = ("radius", "radius proved", "radius_proved", "radius-proved")
_IN_PHASES = ("levels_needed", "samples_needed")
_NEEDED = ("idx", "label", "predict")
_SIGMA = re.compile(r"sigma[_=-]?(\d+(?:\.\d+)?)", re.IGNORECASE)
_NOISE = re.compile(r"noise[_=-]?(?:sd)?[_=-]?(\d+(?:\.\d+)?)", re.IGNORECASE)
_MOST_ROWS = 5_000_000
_NAMED_FOLDERS = 3
"""How many folders above a file may name its noise."""
_MAT = ("hard", "soft")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_HEAD = 4096
"""Bytes of a file that are looked at to tell what it is."""
_MOST = 1e100
"""No radius is so large, and sums of those below stay numbers."""


def is_log(path: Path) -> bool:
    """Whether a file says of itself that it is a log: by its first line, or its ending ``.mat``."""
    if path.suffix.lower() == ".mat":
        return True
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe may never end
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError:
        return False
    names = _split(head.split(b"\n")[0].decode("utf-8", "replace"))
    return set(_NEEDED) <= {name.strip().lower() for name in names}


def check_sigma(sigma: float | None) -> None:
    """Refuse noise that cannot be.

    Raises:
        UserError: it is not above 0.
    """
    if sigma is not None and not (sigma > 0 and math.isfinite(sigma)):
        raise UserError(f"--sigma must be above 0 (it was {sigma:g}).")


def read_logs(path: str | Path, *, sigma: float | None = None) -> tuple[Log, ...]:
    """The logs in one file: one of a table, up to two of a ``.mat``.

    Args:
        path: of the file.
        sigma: of the noise that was certified with; None takes it from the file's name.

    Raises:
        UserError: it is no such file, or a row is damaged; the sentence names row and column.
    """
    path = Path(path)
    check_sigma(sigma)
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):  # a pipe may never end
            raise UserError(f"{visible(str(path))} is not a plain file; save the log as one.")
        if facts.st_size > _LARGEST:
            raise UserError(f"{visible(str(path))} is larger than 64 MiB, which no log is.")
        if path.suffix.lower() == ".mat":
            return _mat(path, sigma)
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"{visible(str(path))} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{visible(str(path))} is no log: it is not a text.") from error
    return (_table(path, text, sigma),)


def _table(path: Path, text: str, sigma: float | None) -> Log:
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    header = _split(lines[0][1]) if lines else []
    names = [name.strip().lower() for name in header]
    if not set(_NEEDED) <= set(names):
        raise UserError(
            f"{visible(str(path))} is no log of certifications: its first line must name the "
            "columns idx, label and predict."
        )
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(
            f"{visible(str(path))}: its first line names the column "
            f"'{visible(twice[0])[:40]}' more than once."
        )
    rows = _Rows(path, names, [(n, _split(line)) for n, line in lines[1:]])
    radii = next((name for name in _RADII if name in names), "")
    predicted = rows.integers("predict", least=ABSTAINED)
    label = rows.integers("label", least=0)
    return _named(
        path,
        "",
        _kind(radii, names),
        sigma,
        index=rows.integers("idx", least=0),
        label=label,
        predicted=predicted,
        radius=rows.reals(radii),
        correct=label == predicted,
        stated=rows.reals("correct"),
        digits=max(map(_significant, rows.texts(radii)), default=0),
    )


def _kind(radii: str, names: Sequence[str]) -> Kind:
    if not radii:
        return "predict"
    return "decide" if radii != "radius" or set(_IN_PHASES) & set(names) else "certify"


def _split(line: str) -> list[str]:
    """Cells between tabs, else between commas, else between blanks."""
    for separator in ("\t", ","):
        if separator in line:
            return [cell.strip().strip('"') for cell in line.split(separator)]
    return line.split()


def _significant(text: str) -> int:
    """Significant digits of a decimal number as it is written.

    >>> [_significant(text) for text in ("0.0734", "1.90", "0.0", "12", "1e-3")]
    [3, 3, 0, 2, 1]
    """
    digits = text.lower().partition("e")[0].replace(".", "").lstrip("+-0")
    return len(digits)


class _Rows:
    """The cells of a table, column by column."""

    def __init__(
        self, path: Path, names: Sequence[str], rows: Sequence[tuple[int, list[str]]]
    ) -> None:
        self.path, self.names, self.rows = path, names, rows
        for line, cells in rows:
            if len(cells) != len(names):
                raise UserError(
                    f"{visible(str(path))}, line {line}: {len(cells)} columns where the first line "
                    f"names {len(names)}; the log may have been cut off here."
                )

    def texts(self, name: str) -> list[str]:
        if name not in self.names:
            return []
        at = self.names.index(name)
        return [cells[at] for _, cells in self.rows]

    def integers(self, name: str, *, least: int) -> np.ndarray:
        found = []
        for (line, _), text in zip(self.rows, self.texts(name), strict=True):
            value = _number(text)
            if value is None or value != int(value) or not least <= value < 1 << 53:
                raise self._refusal(line, name, text, f"a whole number from {least} on")
            found.append(int(value))
        return np.array(found, dtype=np.int64)

    def reals(self, name: str) -> np.ndarray:
        """The column, NaN where there is none."""
        if name not in self.names:
            return np.full(len(self.rows), np.nan)
        found = []
        for (line, _), text in zip(self.rows, self.texts(name), strict=True):
            value = _number(text)
            if value is None:
                raise self._refusal(line, name, text, "a number")
            found.append(value)
        return np.array(found, dtype=np.float64)

    def _refusal(self, line: int, name: str, text: str, wanted: str) -> UserError:
        shown = visible(text)[:40]
        return UserError(
            f"{visible(str(self.path))}, line {line}, column {name}: '{shown}' is not {wanted}."
        )


def _number(text: str) -> float | None:
    """A number as programs write them; 'True' and 'False' as some scripts do."""
    known = {"true": 1.0, "false": 0.0}
    if text.lower() in known:
        return known[text.lower()]
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if abs(value) <= _MOST else None


def _mat(path: Path, sigma: float | None) -> tuple[Log, ...]:
    """MACER's result: a radius for each image, -1 where it is wrong or abstained."""
    from scipy.io import loadmat, whosmat  # deferred: they are slow to load

    try:
        # What is packed into few bytes may be far larger than the file.
        large = [name for name, shape, _ in whosmat(str(path)) if math.prod(shape) > _MOST_ROWS]
        found = {} if large else loadmat(str(path), variable_names=list(_MAT))
    except Exception as error:  # a damaged file fails in any way
        raise UserError(f"{visible(str(path))} is no .mat file that can be read.") from error
    if large:
        shown = visible(str(large[0]))[:40]
        raise UserError(f"{visible(str(path))}, '{shown}': more than {_MOST_ROWS:,} numbers.")
    logs = []
    for name in _MAT:
        radii = np.asarray(found.get(name, ()))
        if not radii.size:
            continue
        if radii.dtype.kind not in "fiu" or not (np.abs(radii.astype(float)) <= _MOST).all():
            raise UserError(f"{visible(str(path))}, '{name}': radii must be finite numbers.")
        radius = radii.astype(np.float64).ravel()
        none = np.zeros(0, dtype=np.int64)
        logs.append(
            _named(
                path,
                f"#{name}",
                "radii",
                sigma,
                index=np.arange(len(radius)),
                label=none,
                predicted=none,
                radius=radius,
                correct=radius >= 0,
                stated=np.full(len(radius), np.nan),
            )
        )
    if not logs:
        raise UserError(f"{visible(str(path))} holds neither 'hard' nor 'soft' radii.")
    return tuple(logs)


def _named(path: Path, part: str, kind: Kind, sigma: float | None, **columns: object) -> Log:
    """The log, with what its name says of the noise: the file's name first, then its folders'."""
    places = [path.name, *(folder.name for folder in list(path.parents)[:_NAMED_FOLDERS])]
    named, training = (_last(pattern, places) for pattern in (_SIGMA, _NOISE))
    origin = ""
    if sigma is not None:
        origin = "given"
    elif named is not None:
        sigma, origin = named, "name"
    elif training is not None:
        sigma, origin = training, "training"
    return Log(
        path=f"{path}{part}",
        kind=kind,
        sigma=sigma,
        sigma_origin=origin,
        training_sigma=training,
        **columns,  # type: ignore[arg-type]
    )


def _last(pattern: re.Pattern[str], places: Sequence[str]) -> float | None:
    for place in places:
        found = pattern.findall(place)
        if found and float(found[-1]) > 0:
            return float(found[-1])
    return None
