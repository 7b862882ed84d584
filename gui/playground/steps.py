"""The steps of the lecture: a name, a title, and a sentence for the audience each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        key: stable name; the command that opens it is ``lecture-KEY``.
        title: in the list, the menu and the palette.
        sentence: what the audience should take home.
        shortcut: opens it from anywhere.
    """

    key: str
    title: str
    sentence: str
    shortcut: str


STEPS = (
    Step(
        "certify",
        "CERTIFY, line by line",
        "A few votes choose the class, many fresh ones bound its probability; only a bound above "
        "one half gives a radius.",
        "Ctrl+1",
    ),
    Step(
        "predict",
        "PREDICT1 and PREDICT2",
        "A prediction needs no radius: PREDICT1 asks for more than half of the votes, PREDICT2 "
        "only for a lead over the second class.",
        "Ctrl+2",
    ),
    Step(
        "sigma",
        "What sigma does",
        "More noise certifies larger radii and costs accuracy: each radius has a sigma of its own "
        "that is best.",
        "Ctrl+3",
    ),
    Step(
        "abstain",
        "Three causes of an abstention",
        "An abstention has one of three causes, and each has a remedy of its own.",
        "Ctrl+4",
    ),
    Step(
        "twice",
        "Why one samples twice",
        "Votes that chose a class flatter it: bounded by the same votes, its probability is "
        "overstated more often than alpha allows.",
        "Ctrl+5",
    ),
    Step(
        "peek",
        "Why one may not peek",
        "Whoever watches a bound for a fixed n, and stops when it looks good, is wrong many times "
        "as often as alpha; the anytime bound keeps alpha at every stop.",
        "Ctrl+6",
    ),
    Step(
        "lattice",
        "Float noise and exact noise",
        "Floating-point noise keeps traces of the input in its last bits; a classifier that reads "
        "them makes a certificate false, and exact noise shows it none.",
        "Ctrl+7",
    ),
)


def step_of(key: str) -> Step:
    """The step of that name.

    Raises:
        KeyError: there is no such step.
    """
    return {step.key: step for step in STEPS}[key]
