"""The one family of exceptions a user is meant to read."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class CertiscopeError(Exception):
    """Base of all that Certiscope raises on purpose; ``certiscope.CertiscopeError``."""


class UserError(CertiscopeError):
    """Something the person can mend: one sentence saying what is wrong and what would work.

    Window and command line show ``str(error)`` as it is; nothing else is ever shown of a failure
    that has a cause outside the program.
    """


class BadValue(UserError):
    """A value that a field does not take; whoever asked for it says under which name he did.

    Attributes:
        field: of the record, or the argument.
        rest: the sentence behind the name, such as ``must be above 0 (it was -1).``
    """

    def __init__(self, field: str, rest: str, called: str = "") -> None:
        """Args: the attributes, and what the sentence calls the field where not by its name."""
        super().__init__(field, rest, called)
        self.field = field
        self.rest = rest
        self._called = called

    def __str__(self) -> str:
        return f"{self._called or self.field} {self.rest}"

    def under(self, name: str) -> UserError:
        """The same about what a person was asked for by another name, such as a flag."""
        return UserError(f"{name} {self.rest}")


class DiskFull(UserError):
    """A file for which there was no room: nothing was asked wrongly, and room may be made."""


class StoppedEarly(UserError):
    """Somebody stopped a run before there was anything of it to keep."""


class TrustRequired(UserError):
    """A file whose format can run code was opened without consent.

    Attributes:
        path: the file, as given.
        sha256: its digest, so that consent is given to these bytes and no others.
    """

    def __init__(self, sentence: str, *, path: str, sha256: str) -> None:
        super().__init__(sentence)
        self.path = path
        self.sha256 = sha256


class OracleRequired(UserError):
    """A generative model was opened without the oracle that turns its answers into classes."""


class Unreachable(UserError):
    """A model that runs elsewhere does not answer, or with nothing that can be read.

    The run ends: a batch that is not asked again would count as failed, and so would all after it.
    """


class NotAFunction(UserError):
    """A model is no function of one sample: nothing that was counted with it stands."""


class NotOneSample(NotAFunction):
    """A model's class for a sample depends on its batch; asked about one at a time it may not."""


def nearest(name: str, names: Iterable[str]) -> str:
    """``Did you mean ...?`` with what is most like a name that there is not; else empty.

    >>> nearest("gausian", ["gaussian", "laplace"])
    " Did you mean 'gaussian'?"
    >>> nearest("x", ["gaussian"])
    ''
    """
    close = get_close_matches(name.lower(), names, n=1)
    return f" Did you mean '{close[0]}'?" if close else ""


def memory_is_short(error: BaseException) -> bool:
    """Whether something failed because memory was short, as Python, torch and the systems put it.

    >>> memory_is_short(MemoryError()), memory_is_short(ValueError("no such layer"))
    (True, False)
    """
    text = str(error).lower()
    said = any(phrase in text for phrase in ("out of memory", "can't allocate memory"))
    return said or isinstance(error, MemoryError)


def in_a_line(error: Exception, most: int = 160) -> str:
    """What an error of somebody else's code says, in one line without its full stop; else its kind.

    >>> in_a_line(ValueError("no such layer."))
    'no such layer'
    >>> in_a_line(KeyError())
    'KeyError'
    """
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:most].rstrip(".")


def quoted(text: object, most: int = 60) -> str:
    """A name or a message out of a file, fit for a sentence: one line, printable, not long."""
    shown = str(text)[: most + 1]
    line = "".join(c if c.isprintable() else " " for c in shown)
    return line if len(line) <= most else f"{line[: most - 3]}..."
