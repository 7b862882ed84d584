"""The cases of the welcome page: recorded runs that open at once, and pages that move. No torch.

A recorded case is evidence of a run of a shipped model on a shipped input, made by ``python -m
engine.demos --recorded`` (:mod:`engine.demos.recorded`) and read like any other evidence.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.core.errors import UserError
from engine.core.files import sha256_bytes
from engine.core.records import Record
from engine.core.resources import assets

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence

Picture = Literal["region", "slice", "bounds", "votes", "plane", "rates"]
INDEX = "index.json"
INDEX_DIGEST = "e152bed43192a5c73c07b78e70c2bb15026817e85c677c82b8d243febdbd04a1"
"""SHA-256 of what the cards say; a test names the new one after cases were recorded anew."""


@dataclass(frozen=True)
class GalleryCase:
    """A card of the welcome page.

    Attributes:
        key: of its files in ``assets/recorded``.
        title: a few words.
        sentence: what is to be seen, for somebody who has never seen one.
        picture: what of the run, or of the page, is drawn on the card.
        command: the command line that recorded it, without the program's name; empty for a page.
        opens: the command of the window that opens the page; empty for a recorded run.
    """

    key: str
    title: str
    sentence: str
    picture: Picture = "region"
    command: str = ""
    opens: str = ""

    @property
    def evidence(self) -> Path:
        """The recorded run."""
        return recorded_folder() / f"{self.key}.json"

    def image(self, *, dark: bool) -> Path:
        """The picture on the card."""
        return recorded_folder() / f"{self.key}-{'dark' if dark else 'light'}.png"


class Recorded(Record):
    """What a card says of its run before the evidence is read.

    Attributes:
        headline: what is certified.
        votes: how many were counted, in words; exact methods say what they did instead.
        created: the day of the run, ISO 8601.
        sha256: of the file of its evidence.
    """

    headline: str
    votes: str
    created: str
    sha256: str


CASES: tuple[GalleryCase, ...] = (
    GalleryCase(
        "digit",
        "A digit and its ball",
        "Nothing inside this disc turns the smoothed seven into another digit.",
        picture="slice",
        command="certify --model demo:digits-0.25 --input digits:52 --scheme gaussian --sigma 0.25",
    ),
    GalleryCase(
        "photograph",
        "A photograph (CIFAR-10)",
        "The bound rises as votes of a ResNet come in, and with it the radius.",
        picture="bounds",
        command="certify --model demo:cifar10-0.25 --input cifar10:0 --scheme gaussian "
        "--sigma 0.25 --n 10000",
    ),
    GalleryCase(
        "pixels",
        "Few pixels, changed much",
        "The fewer pixels an attacker may change, the more each may move.",
        command="certify --model demo:digits-hierarchical --input digits:52 "
        "--scheme hierarchical-gaussian --sigma 0.25 --p 0.9",
    ),
    GalleryCase(
        "graph",
        "A member of a karate club",
        "A node of a graph: how many of its features may be added or deleted.",
        command="certify --model demo:karate-sparse --input karate:12 --scheme sparse "
        "--p-plus 0.05 --p-minus 0.6",
    ),
    GalleryCase(
        "letter",
        "A letter with words hidden",
        "A text: how many of its words may be replaced without changing the answer.",
        command="certify --model demo:letters-mask --input letters:5 --scheme text-mask "
        "--beta 0.9 --vocabulary 525",
    ),
    GalleryCase(
        "ring",
        "A digit on a ring of turns",
        "Every angle of a range is certified, finer where the image moves faster.",
        command="certify --model demo:digits-rotation --input digits16:17 --scheme rotation "
        "--sigma 0.25 --degrees 30 --n 10000",
    ),
    GalleryCase(
        "light",
        "Brighter, darker, more contrast",
        "All gains and shifts of brightness that leave the answer as it is.",
        command="certify --model demo:digits-light --input digits:52 "
        "--scheme contrast-brightness --sigma-k 0.3 --sigma-b 0.3",
    ),
    GalleryCase(
        "tumour",
        "A tumour, without chance",
        "Decision stumps: the probability is computed, and the claim has no alpha.",
        picture="votes",
        command="certify --model demo:breast-cancer-stumps --input breast-cancer:0 --scheme stumps",
    ),
    GalleryCase(
        "aircraft",
        "An aircraft in any light",
        "Cells of contrast and brightness, each proved, refuted or open.",
        command="certify --model demo:aircraft --input aircraft:0 --scheme exact-map "
        "--contrast 0.5 --brightness 0.3",
    ),
    GalleryCase(
        "encrypted",
        "An image the server never sees",
        "A server classified noisy samples that it cannot read; the votes stayed here.",
        picture="votes",
        command="certify --input digits:52 --sigma 0.25 --n 16384",
    ),
    GalleryCase(
        "plane",
        "Playground",
        "Smoothing in the plane: drag a point, watch its votes, try to push it over.",
        picture="plane",
        opens="playground",
    ),
    GalleryCase(
        "lecture",
        "The lecture, step by step",
        "CERTIFY line by line, and why it samples twice and may not peek.",
        picture="rates",
        opens="lecture-certify",
    ),
)


def recorded_folder() -> Path:
    """Where recorded runs and pictures are shipped."""
    return assets() / "recorded"


def recorded_index() -> dict[str, Recorded]:
    """What the cards say, by the case's key; nothing of a case that is not shipped.

    Nothing at all where the file is not the shipped one: what it says would be believed.
    """
    try:
        data = (recorded_folder() / INDEX).read_bytes()
    except OSError:
        return {}
    if sha256_bytes(data) != INDEX_DIGEST:
        return {}
    return {key: Recorded.model_validate(one) for key, one in json.loads(data).items()}


def recorded_evidence(case: GalleryCase) -> Evidence:
    """What was recorded of a case.

    Raises:
        UserError: its file is missing, or not the shipped one, whose claims the tests check.
    """
    file = case.evidence
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UserError(f"The recorded case {file.name} cannot be read.") from error
    known = recorded_index().get(case.key)
    if known is None or known.sha256 != sha256_bytes(data):
        raise UserError(
            f"The recorded case {file.name} is not the one that is shipped, so it is not shown; "
            "install Certiscope again."
        )
    from engine.evidence.evidence import Evidence  # what the window paints first needs none

    return Evidence.model_validate_json(data)


def case_of(key: str) -> GalleryCase:
    """The case of that key.

    Raises:
        KeyError: there is none.
    """
    return {case.key: case for case in CASES}[key]
