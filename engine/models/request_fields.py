"""What each field of a request for a model declares, once.

Flags, the command line of a run, the places that a case keeps, the request that a re-run makes, the
arguments from Python and the window's form are made from this. A new field is one line on
:class:`~engine.models.request.ModelRequest`.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from engine.core.fields import as_number

Group = Literal["file", "front", "ensemble", "output", "writing"]
"""What a field is about: how the file is opened, what stands before the
model, how several are one, what of the output is read,
how a generative model is asked."""
_KEY = "request"


@dataclass(frozen=True)
class RequestField:
    """One field of a request.

    Attributes:
        help: for the flag's help.
        title: beside the editor in a form, with its accelerator; empty where no form asks.
        group: what it is about.
        unset: what an empty editor stands for, in words.
        tip: of the editor; the help where it is empty.
        choices: allowed values; none for any.
        offered: usual values are offered by whoever shows the form; others may be written.
        most, unit: the largest whole number, and what is counted.
        metavar: of the flag's value.
        file: it names a file or a folder, which a case finds again after both have moved.
        files: which files a dialog offers.
        module: a module in memory takes it, too.
        named: a case has always named it, given or not.
        name: the attribute.
        kind: the type of its value.
        optional: the value may be None.
        default: of its value.
    """

    help: str
    title: str = ""
    group: Group = "file"
    unset: str = ""
    tip: str = ""
    choices: tuple[str, ...] = ()
    offered: bool = False
    most: int = 0
    unit: str = ""
    metavar: str = ""
    file: bool = False
    files: str = "All files (*)"
    module: bool = False
    named: bool = False
    name: str = ""
    kind: type = str
    optional: bool = False
    default: Any = ""

    @property
    def flag(self) -> str:
        """Its flag, ``--class-names`` for ``class_names``."""
        return "--" + self.name.replace("_", "-")

    @property
    def label(self) -> str:
        """Its title without an accelerator."""
        return self.title.replace("&", "")

    def given(self, request: Any) -> bool:
        """Whether a request says something with it: of an ensemble also the usual rule."""
        value = getattr(request, self.name)
        return value != self.default or bool(self.group == "ensemble" and request.members and value)

    def text(self, value: Any) -> str:
        """A value as text that :meth:`read` takes back, the very same number; empty for None."""
        if value is None:
            return ""
        return repr(value) if isinstance(value, float) else str(value)

    def read(self, text: str) -> Any:
        """The value that a text stands for; the default where it is empty or no such value."""
        if not text:
            return self.default
        if self.kind in (int, float):
            try:
                value = as_number(text, self.kind.__name__)
            except (ValueError, OverflowError):
                return self.default
            return value if math.isfinite(value) else self.default
        return self.kind(text)


def asked(default: Any, help_: str, title: str = "", **more: Any) -> Any:
    """A field of a request with what it declares."""
    told = RequestField(help_, title, default=default, **more)
    return dataclasses.field(default=default, metadata={_KEY: told})


def request_fields(record: type) -> tuple[RequestField, ...]:
    """What the fields of a record declare, in its order; others have nothing to say."""
    hints, found = get_type_hints(record), []
    for each in dataclasses.fields(record):
        if _KEY in each.metadata:
            types = get_args(hints[each.name]) or (hints[each.name],)
            found.append(
                dataclasses.replace(
                    each.metadata[_KEY],
                    name=each.name,
                    kind=types[0],
                    optional=type(None) in types,
                    file=each.metadata[_KEY].file or types[0] is Path,
                )
            )
    return tuple(found)
