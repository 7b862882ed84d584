"""Typst, held so that the same data gives the same bytes.

Templates are files of ``assets/report``. Whatever comes from a user reaches them as JSON data,
never as markup. Only the fonts inside typst are used.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

import typst

from engine.core.errors import DiskFull
from engine.core.resources import assets

Format = Literal["pdf", "svg", "png"]

_UNSHOWN = re.compile(
    "[^\u0020-\u007e\u00a0-\u00ac\u00ae-\u017f\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f\u05d0-\u05ea\u0621-\u063a"
    "\u0641-\u064a\u2010-\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2190-\u2193"
    "\u2200\u2203\u2208\u2211\u2212\u221a\u221e\u2248\u2260\u2264\u2265]"
)
"""What the fonts in typst do not hold, and what would reorder or hide its neighbours."""


def displayable(text: str) -> str:
    r"""``text`` with every character that the report's fonts cannot show as ``[U+65E5]``.

    PDF/A refuses missing glyphs; direction overrides and other invisible characters, which could
    make a name read as another, are spelled out too.

    >>> displayable("a\u202eb")
    'a[U+202E]b'
    """
    flat = " ".join(text.split()) if any(c in text for c in "\n\r\t") else text
    return _UNSHOWN.sub(lambda found: f"[U+{ord(found.group()):04X}]", flat)


def _displayable_data(value: Any) -> Any:
    if isinstance(value, str):
        return displayable(value)
    if isinstance(value, Mapping):
        return {key: _displayable_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_displayable_data(item) for item in value]
    return value


@lru_cache(maxsize=1)
def _templates() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((assets() / "report").glob("*.typ"))}


def typeset(
    template: str,
    data: Mapping[str, Any],
    files: Mapping[str, bytes],
    fmt: Format,
    *,
    ppi: float = 144.0,
    created: datetime | None = None,
    archival: bool = False,
) -> list[bytes]:
    """Compile a template: one item per page for PNG and SVG, one in all for PDF.

    Args:
        template: name of a file in ``assets/report``.
        data: what the template reads as ``data.json``.
        files: further files it may read, by name.
        fmt: what to make.
        ppi: pixels per inch of a PNG.
        created: the date written into a PDF.
        archival: PDF/A-3b, which may carry attachments.
    """
    with _folder_of(_sources(data, files)) as root:
        compiled = typst.compile(
            root / template,
            root=root,
            ignore_system_fonts=True,
            format=fmt,
            ppi=ppi,
            pdf_standards="a-3b" if archival else None,
            timestamp=created,
        )
    pages = cast("bytes | list[bytes]", compiled)  # several pages come as a list
    return pages if isinstance(pages, list) else [pages]


NEARLY_EMPTY = 0.36
"""A last page that is set to less of its height is drawn into those before it, where it fits."""


def typeset_report(
    data: Mapping[str, Any],
    files: Mapping[str, bytes],
    fmt: Format,
    **how: Any,
) -> list[bytes]:
    """``report.typ``, set closely where that saves a last page which would be nearly empty.

    Only the room between paragraphs and rows shrinks, from the second page on; type keeps its size.

    Args:
        data, files, fmt: as for :func:`typeset`.
        **how: its other arguments.
    """
    loose = {**data, "close": False, "flows": False}
    first, pages, share = _extent(loose, files)
    if first > 1:  # else its second page would hold the end of a list alone
        loose["flows"] = True
        _, pages, share = _extent(loose, files)
    close = {**loose, "close": True}
    closely = share < NEARLY_EMPTY and _extent(close, files)[1] < pages
    return typeset("report.typ", close if closely else loose, files, fmt, **how)


def _extent(data: Mapping[str, Any], files: Mapping[str, bytes]) -> tuple[int, int, float]:
    """Where what stands first ends, how many pages there are, and the share of the last one set."""
    with _folder_of(_sources(data, files)) as root:
        found = typst.query(
            root / "report.typ", "metadata", field="value", root=root, ignore_system_fonts=True
        )
    first, (pages, share) = json.loads(found)
    return int(first), int(pages), float(share)


def _sources(data: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """All that a template may read."""
    text = json.dumps(_displayable_data(data), ensure_ascii=False)
    return {**_templates(), "data.json": text.encode(), **files}


@contextmanager
def _folder_of(files: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder that holds ``files`` and nothing else: all that typst may read from disk."""
    with ExitStack() as ends:
        where = ""
        try:
            made = ends.enter_context(tempfile.TemporaryDirectory(prefix="certiscope-"))
            folder, where = Path(made), f" {Path(made).parent}"
            for file, content in files.items():
                (folder / file).write_bytes(content)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            if not where:  # Python looked for one that it can write to
                reason = "there is none with room in it"
            raise DiskFull(
                f"Cannot write to the folder for temporary files{where}: {reason}. Make room "
                "there, or name another in TMPDIR, and try again."
            ) from error
        yield folder
