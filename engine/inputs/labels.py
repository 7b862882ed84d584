"""Which class of a model the label of an input means: by its name, its number, or as a person says.

A label is what the input's source writes: a folder, a cell of a table, a class of a data set. It is
matched by the class's name, by the number in it, by its WordNet id (ImageNet, J. Deng et al., CVPR
2009), or as a series that counts from 1. What is left would be a guess by the order of the labels:
it is said and not taken until ``?labels=order`` is written after the input (``--labels order``).
``?labels=map.csv`` says it label by label, or file by file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from engine.core.errors import UserError, quoted
from engine.core.resources import assets

MARK = "?labels="
ORDER, NUMBER, FROM_ONE = "order", "number", "from-one"
RULES = (ORDER, NUMBER, FROM_ONE)
SAID = "its label "
"""How every sentence about a label begins."""
_ASK = f"say so with --labels {ORDER}, or name the classes in a file with --labels"
_MAX_BYTES = 64_000_000
_SHOWN = 6
_KEYS = ("file", "filename", "folder", "name", "image", "path", "label")
_VALUES = ("class", "label", "index", "number", "category", "target")


@dataclass(frozen=True)
class LabelMap:
    """A table of two columns: a file or a label, and the class that it is of.

    Attributes:
        source: its file.
        lines: number of the line and class, by file or label.
    """

    source: str
    lines: Mapping[str, tuple[int, str]] = field(repr=False)


@dataclass(frozen=True)
class Label:
    """A label as the source of an input writes it.

    Attributes:
        place: its number in the source; None where there is no label.
        name: what it is called there; None or empty for a number alone.
        among: all labels of the source, by number; empty where they are not known.
        numbered: the numbers are the source's own, not those of the sorted names.
        files: the input's file, as a map may call it.
        rule: one of ``RULES``, or a map; empty to tell by name and number.
    """

    place: int | None = None
    name: str | None = None
    among: tuple[str, ...] = ()
    numbered: bool = False
    files: tuple[str, ...] = ()
    rule: str | LabelMap = ""


def split_rule(spec: str) -> tuple[str, str]:
    """A spec and what it says about labels; a file of that very name says nothing."""
    head, mark, rule = spec.rpartition(MARK)
    return (head, rule) if mark and head and not _exists(spec) else (spec, "")


def with_rule(spec: str, rule: str) -> str:
    """The spec with another rule for its labels; empty for none."""
    head, _ = split_rule(spec)
    return f"{head}{MARK}{rule}" if rule else head


def read_rule(rule: str) -> str | LabelMap:
    """A rule by its name, or the map in a file.

    Raises:
        UserError: it is neither.
    """
    if rule in ("", *RULES):
        return rule
    try:
        path = Path(rule).expanduser()
        if not path.is_file():
            raise OSError("no ordinary file")
        facts = path.stat()
        return _read(rule, path, facts.st_mtime_ns, facts.st_size)
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(
            f"Cannot read the labels {quoted(rule, 200)}; give {', '.join(RULES)}, or a CSV file "
            "with a file or label and its class in each line."
        ) from error


def class_of(names: Sequence[str], label: Label) -> tuple[int | None, str]:
    """The class that a label means, and what to say of it; None where it is not known.

    Args:
        names: the model's classes.
        label: as its source writes it.

    Raises:
        UserError: a map names a class that the model does not have.
    """
    if isinstance(label.rule, LabelMap):
        return _mapped(names, label, label.rule)
    if label.place is None:
        return None, ""
    if label.rule:
        return _as_asked(names, label)
    if not label.name:
        known = label.place < len(names)
        return (label.place, "") if known else (None, f"{SAID}{label.place} is {_NO_CLASS}")
    return _told(tuple(names), label, label.name)


_NO_CLASS = "the number of no class of the model"
_BY_NUMBER = "give its class by its number in a file with --labels"


def name_number(name: str) -> int | None:
    """The number that a name is: ``7``, ``07``, ``7.0`` or ``class_7``; None if it is none.

    >>> name_number("class 10"), name_number("n01440764")
    (10, None)
    """
    pattern = r"(?:(?:class|label)[ _-]?)?(\d{1,5})(?:\.0+)?"
    found = re.fullmatch(pattern, name, re.ASCII | re.IGNORECASE)
    return int(found[1]) if found else None


_SIGNS = ({"-1", "1"}, {"-1", "+1"})
_LEADING = re.compile(r"(\d{1,5})[ ._-]+(\D.*)", re.ASCII)
"""A number before a name, as in ``001.Black_footed_Albatross`` or ``0 - zero``."""


@lru_cache(maxsize=8)
def _numbers(among: tuple[str, ...]) -> dict[str, int]:
    """The number of each label, where all labels are numbers, or begin with those of a series."""
    if set(among) in _SIGNS:
        return {name: int(name == "1" or name == "+1") for name in among}
    plain = {name: number for name in among if (number := name_number(name)) is not None}
    if len(plain) == len(among):
        return plain
    found = {name: int(parts[1]) for name in among if (parts := _LEADING.fullmatch(name))}
    numbers = sorted(found.values())
    series = bool(numbers) and numbers == list(range(numbers[0], numbers[0] + len(among)))
    return found if series and numbers[0] in (0, 1) else {}


def imagenet() -> dict[str, str]:
    """WordNet ids of the 1,000 classes of ImageNet with their names, in the order of the classes.

    The order is that of the sorted ids, which published models follow; the names are those that
    torchvision's models come with.
    """
    return dict(_imagenet())


@lru_cache(maxsize=1)
def _imagenet() -> tuple[tuple[str, str], ...]:
    text = (assets() / "examples" / "imagenet.tsv").read_text(encoding="utf-8")
    rows = (line.partition("\t") for line in text.splitlines())
    return tuple((key, name) for key, _, name in rows)


def _told(names: tuple[str, ...], label: Label, name: str) -> tuple[int | None, str]:
    """By name, number or WordNet id."""
    numbers = _numbers(label.among)
    whole = all(name_number(one) is not None for one in numbers)
    if whole and set(numbers.values()) == set(range(1, len(names) + 1)):
        return _from_one(names, label, name)
    if names.count(name) == 1:  # ImageNet has two cranes
        return names.index(name), ""
    if name in names:
        return None, f"{SAID}'{quoted(name)}' is the name of several classes; {_BY_NUMBER}"
    called = _LEADING.fullmatch(name) if numbers else None
    for text in (name, called[2] if called else ""):
        alike = _by_spelling(names).get(_plain(text))
        if alike is not None:
            return alike, _said(names, name, alike, "the same name in another spelling")
    if set(numbers.values()) == set(range(1, len(names) + 1)):
        return _from_one(names, label, name)
    number = numbers.get(name, name_number(name))
    if number is not None:
        return _by_number(names, label, name, number)
    if re.fullmatch(r"n\d{8}", name):
        return _by_wordnet(names, name)
    return _by_order(names, label, name)


def _by_number(
    names: tuple[str, ...], label: Label, name: str, number: int
) -> tuple[int | None, str]:
    """The class whose name is the number too, or, where the names are no numbers, its number."""
    theirs = [name_number(one) for one in names]
    found = number
    if None not in theirs:
        found = theirs.index(number) if number in theirs else len(names)
    if found >= len(names):
        return None, f"{SAID}'{quoted(name)}' is {_NO_CLASS}"
    series = sorted(_numbers(label.among).values())
    if len(series) > 1 and series == list(range(1, len(series) + 1)):
        how = f"its number, counted from 0 (if the labels count from 1: --labels {FROM_ONE})"
        return found, _said(names, name, found, how)
    if set(label.among) in _SIGNS:
        return found, _said(names, name, found, "because -1 and 1 stand for 0 and 1")
    return found, "" if found == label.place else _said(names, name, found, "its number")


def _from_one(names: tuple[str, ...], label: Label, name: str) -> tuple[int | None, str]:
    """Labels 1 to K of K classes: of numbers alone they must count from 1."""
    number, most = _numbers(label.among)[name], len(names)
    if set(label.among) <= set(names):
        return names.index(name), ""
    if any(one.isdecimal() for one in names):  # '3' may be the class '3' or the third one
        return None, (
            f"{SAID}'{quoted(name)}' is not taken: the labels go from 1 to {most} and the "
            f"classes are called {_shown(names)}; say --labels {FROM_ONE}, or name the classes "
            "in a file with --labels"
        )
    why = f"because the labels count from 1 to {most}"
    return number - 1, _said(names, name, number - 1, why)


def _by_wordnet(names: tuple[str, ...], name: str) -> tuple[int | None, str]:
    known = imagenet()
    if name not in known:
        return None, f"{SAID}'{name}' is the WordNet id of no class of ImageNet"
    found = _by_spelling(names).get(_plain(known[name]))
    if len(names) == len(known) and _follows_imagenet(names):
        found = list(known).index(name)
    if found is None:
        return None, (
            f"{SAID}'{name}' ('{known[name]}') is no class of the model; name its class "
            "in a file with --labels"
        )
    return found, _said(names, name, found, "its WordNet id")


@lru_cache(maxsize=8)
def _follows_imagenet(names: tuple[str, ...]) -> bool:
    """Whether 1,000 names are ImageNet's in its order, or none at all."""
    known = imagenet().values()
    same = sum(_plain(a) in _spellings(b) for a, b in zip(known, names, strict=True))
    return same > len(names) // 2 or _unnamed(names)


def _by_order(names: tuple[str, ...], label: Label, name: str) -> tuple[int | None, str]:
    """The number in the source, if it is the source's own or the other names agree with it."""
    place = label.place or 0
    if len(label.among) == len(names):
        if label.numbered and _unnamed(names):
            return place, _said(names, name, place, "its number in the data set")
        known = [_by_spelling(names).get(_plain(one)) for one in label.among]
        agree = [found == own for own, found in enumerate(known) if found is not None]
        if all(agree) and 2 * len(agree) >= len(names):
            how = "its place, on which the other names agree"
            return place, _said(names, name, place, how)
        if not agree:
            return None, (
                f"{SAID}'{quoted(name)}' is not taken: it names no class of the model. By the "
                f"order of the labels it would be class {place} ('{names[place]}'): {_ASK}"
            )
    return None, (
        f"{SAID}'{quoted(name)}' names no class of the model ({_shown(names)}); name its class "
        "in a file with --labels"
    )


def _as_asked(names: Sequence[str], label: Label) -> tuple[int | None, str]:
    """By one of the rules."""
    number = _numbers(label.among).get(label.name or "", name_number(label.name or ""))
    found = {ORDER: label.place, NUMBER: number, FROM_ONE: number and number - 1}[str(label.rule)]
    shown = label.name or str(label.place)
    if found is None or not 0 <= found < len(names):
        return None, f"{SAID}'{quoted(shown)}' is no class of the model by {label.rule}"
    return found, _said(names, shown, found, f"by {label.rule}, as asked")


def _mapped(names: Sequence[str], label: Label, given: LabelMap) -> tuple[int | None, str]:
    """As a map says of the file, or of the label."""
    keys = [key for key in (*label.files, label.name) if key and key in given.lines]
    if not keys:
        shown = label.files[0] if label.files else label.name or "it"
        source = quoted(given.source, 200)
        return None, f"{SAID}is not known: {source} says nothing of '{quoted(shown)}'"
    line, text = given.lines[keys[0]]
    if list(names).count(text) == 1:
        found: int | None = list(names).index(text)
    else:
        found = _by_spelling(tuple(names)).get(_plain(text))
    if found is None and text.isascii() and text.isdigit() and len(text) < 6:
        found = int(text) if int(text) < len(names) else None
    if found is None:
        raise UserError(
            f"{given.source}, line {line}: '{quoted(text)}' is no class of the model "
            f"({_shown(names)}), nor its number from 0 to {len(names) - 1}."
        )
    return found, _said(names, keys[0], found, f"by {quoted(given.source, 200)}")


def _said(names: Sequence[str], name: str, found: int, how: str) -> str:
    return f"{SAID}'{quoted(name)}' is taken for class {found} ('{names[found]}'), {how}"


def _shown(names: Sequence[str]) -> str:
    more = ", ..." if len(names) > _SHOWN else ""
    return ", ".join(quoted(one, 40) for one in names[:_SHOWN]) + more


def _plain(name: str) -> str:
    """A name without capitals and signs."""
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def _spellings(name: str) -> list[str]:
    """A name, and the names between commas of which it is made."""
    return [_plain(name), *(_plain(part) for part in name.split(",") if "," in name)]


@lru_cache(maxsize=8)
def _by_spelling(names: tuple[str, ...]) -> dict[str, int]:
    """Classes by their names in any spelling; a name that several could have is left out."""
    found: dict[str, set[int]] = {}
    for place, name in enumerate(names):
        for spelling in _spellings(name):
            found.setdefault(spelling, set()).add(place)
    return {key: min(places) for key, places in found.items() if key and len(places) == 1}


def _unnamed(names: Sequence[str]) -> bool:
    """Whether classes are called by their numbers."""
    return all(name_number(name) == place for place, name in enumerate(names))


@lru_cache(maxsize=4)
def _read(rule: str, path: Path, changed: int, size: int) -> LabelMap:
    """``changed`` is there for the cache: a file that changed is read again."""
    if size > _MAX_BYTES:
        raise ValueError("too large")
    text = path.read_bytes().decode("utf-8-sig")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    lines: dict[str, tuple[int, str]] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for row in reader:
        cells = [cell.strip() for cell in row]
        if not any(cells) or (reader.line_num == 1 and _is_header(cells)):
            continue
        if len(cells) != 2 or not all(cells):
            raise UserError(
                f"{rule}, line {reader.line_num}: a line has a file or label, and its class, e.g. "
                "cat,3."
            )
        known = lines.setdefault(cells[0], (reader.line_num, cells[1]))
        if known[1] != cells[1]:
            raise UserError(
                f"{rule} gives '{quoted(cells[0])}' two classes, in lines {known[0]} and "
                f"{reader.line_num}."
            )
    return LabelMap(rule, lines)


def _is_header(cells: Sequence[str]) -> bool:
    low = [cell.lower() for cell in cells]
    return len(low) == 2 and low[0] in _KEYS and low[1] in _VALUES


def _exists(spec: str) -> bool:
    try:
        return Path(spec).exists()
    except (OSError, ValueError):
        return False
