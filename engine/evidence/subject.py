"""What a statement is about: the input as the model takes it, and what that says of its file.

A certificate is about the numbers that receive the noise. Where these are not the file's own, every
sentence says so, and beside it stands what follows for changes of the file, if the fitting has a
known gain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.core.nouns import of_kind
from engine.core.records import InputIdentity
from engine.evidence.settings import RunSettings
from engine.regions import Region
from engine.regions.conversion import conversion
from engine.schemes import Scheme

_IMAGES = ("image", "pair")
_ROWS = "What is certified is about the"
"""How a note on the rows of a set begins that says what the model takes of their files."""
_NOT_THE_FILE = "and not about the values in its file"


def subject(scheme: Scheme, given: InputIdentity) -> str:
    """``image``, or ``image as the model takes it (grey, 8 x 8, resized from 4 x 4)``."""
    taken = as_taken(given) if given.fitting is not None else ""
    return f"{scheme.subject} {taken}" if taken else scheme.subject


def as_taken(given: InputIdentity) -> str:
    """``as the model takes it (grey, 8 x 8, resized from 4 x 4)``; empty where nothing was done.

    Of a file from before the fitting was recorded it repeats how the image was adapted.
    """
    steps = given.fitting.steps if given.fitting is not None else ()
    if given.fitting is None and given.kind == "image" and given.adaptation:
        steps = (given.adaptation,)
    return f"as the model takes it ({', '.join((*_shape(given), *steps))})" if steps else ""


def rows_as_taken(subject: str, taken: Mapping[str, int], rows: int) -> tuple[str, ...]:
    """That the certificates of a set are about what the model takes, where files hold other values.

    Args:
        subject: what a row is about, such as ``image``.
        taken: how many inputs are taken otherwise than their files hold them, by how.
        rows: how many there are.
    """
    if not taken:
        return ()
    first, known = next(iter(taken)), sum(taken.values())
    if len(taken) == 1 and known == rows:
        return (f"{_ROWS} {subject} {first}, {_NOT_THE_FILE}.",)
    of = f"{known:,} of {rows:,} rows, the first of them {first}"
    return (f"{_ROWS} {subject} as the model takes it, {_NOT_THE_FILE}: {of}.",)


def known_notes(notes: Sequence[str], stated: Sequence[str]) -> tuple[str, ...]:
    """The notes of a set without what an older report, of which ``stated`` are, does not say yet.

    Its page on what is not said names how the first input is taken.
    """
    told = any(note.startswith(_ROWS) for note in stated)
    return tuple(note for note in notes if told or not note.startswith(_ROWS))


def of_the_file(settings: RunSettings, given: InputIdentity, region: Region) -> str:
    """What a certificate says of changes of the image in the file, as a sentence.

    Empty where the model takes the file's own values, and for what is no image.
    """
    if given.fitting is None or not given.fitting.steps or given.kind not in _IMAGES:
        return ""
    what = "given array" if given.in_memory else "file"
    inside = file_region(settings, given, region)
    if inside is None:
        return f"It is not about changes of the {what}'s own pixels."
    if not inside.holds_changes:
        return f"Of the {what}'s own pixels it certifies no change."
    return f"In the {what}'s own pixels, {of_kind(inside.clause(what), given.kind)} does so."


def file_region(settings: RunSettings, given: InputIdentity, region: Region) -> Region | None:
    """The certified changes of the image in the file; None where the fitting has no known gain.

    Certificates for images of 8 bits per channel reach the file only where such images stay such.
    """
    known = conversion(given.fitting, given.shape) if given.fitting else None
    if known is None or (settings.law.grid_input and not known.grid):
        return None
    return region.before(known)


def region_note(region: Region | None, given: InputIdentity | None) -> str:
    """What the numbers of a certified region are, and of what; empty where nothing is certified."""
    if region is None:
        return ""
    taken = as_taken(given) if given is not None else ""
    note = of_kind(region.note(), given.kind) if given is not None else region.note()
    return f"{note}; of the input {taken}" if taken else note


def headline_in(region: Region, given: InputIdentity | None) -> str:
    """A region in numbers, in the noun of the input's kind where the input is known."""
    return of_kind(region.headline(), given.kind if given is not None else "")


def noise_of(scheme: Scheme, given: InputIdentity) -> str:
    """The noise of a run in words, with what the input decides, in the noun of its kind."""
    return of_kind(scheme.for_input(given).noise_in_words(), given.kind)


def _shape(given: InputIdentity) -> tuple[str, ...]:
    if given.kind not in _IMAGES or len(given.shape) != 3:
        return ()
    channels, height, width = given.shape
    colours = {1: "grey", 3: "RGB"}.get(channels, f"{channels} channels")
    return (f"{colours}, {width} x {height}",)
