"""What is pruned how, and what came of it: settings, scores of channels, rows of the table."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Literal, get_args

from pydantic import Field, field_validator

from engine.core.record import Record

MethodKey = Literal["usn", "usn-w1", "usn-raw", "gap", "magnitude", "random"]
METHODS: tuple[MethodKey, ...] = get_args(MethodKey)
UNPRUNED, TUNED = "unpruned", "tuned"
TITLES: dict[str, str] = {
    UNPRUNED: "unpruned",
    TUNED: "unpruned, tuned as long",
    "usn": "USN (reconstructed)",
    "usn-w1": "USN (reconstructed), Wasserstein loss",
    "usn-raw": "USN unscaled (reconstructed)",
    "gap": "relaxation gap",
    "magnitude": "magnitude",
    "random": "random",
}
RECONSTRUCTED = (
    "USN and its Wasserstein loss are reconstructed from the abstract of arXiv:2510.00083, whose "
    "formulas are not public: another reading may fare otherwise"
)


COLUMNS = (
    *("score", "weights", "fewer", "accuracy", "lost", "certified", "violated", "open"),
    *("s a map", "faster", "unstable"),
)
"""Headings of the table of means."""
MEANT = {
    "score": "By what the channels are chosen that go.",
    "weights": "How many weights are left.",
    "fewer": f"Times fewer weights than '{TITLES[TUNED]}'.",
    "accuracy": "Share of the test images whose keypoints are all within the tolerance.",
    "lost": f"Points of accuracy against '{TITLES[TUNED]}'.",
    "certified": "Images whose whole box of contrast and brightness is certified.",
    "violated": "Images with a point of the box at which another answer was found.",
    "open": "Images with neither, within the budget of cells.",
    "s a map": "Seconds of processor time that the exact map of one image takes.",
    "faster": f"Times faster maps than of '{TITLES[TUNED]}'.",
    "unstable": "ReLUs whose sign is not fixed on the whole box; those make a map slow.",
}
"""What they mean."""
COMPARED = f"Times fewer, times faster and points lost are against '{TITLES[TUNED]}'."


class PruningSettings(Record):
    """What decides a table, beside the network."""

    methods: tuple[MethodKey, ...] = Field(METHODS, json_schema_extra={"form": False})
    seeds: int = Field(
        3, ge=1, le=20, title="Seeds", description="How many seeds each score is tried with."
    )
    keep: float = Field(
        0.65,
        gt=0,
        lt=1,
        title="Channels kept",
        description="Share of each hidden layer's channels that stays.",
        json_schema_extra={"step": 0.05},
    )
    cuts: int = Field(
        3, ge=1, le=10, title="Cuts", description="In how many equal cuts the channels go."
    )
    steps: int = Field(
        200,
        ge=1,
        le=100_000,
        title="Steps before a cut",
        description="Tuning steps, each on 64 images.",
    )
    last_steps: int = Field(
        800,
        ge=1,
        le=100_000,
        title="Steps after the last",
        description="Tuning steps after the last cut.",
    )
    images: int = Field(
        40, ge=1, le=1000, title="Maps", description="Images whose exact map is computed."
    )
    contrast: float = Field(
        0.25, ge=0, lt=1, title="Contrast C", description="Maps reach from 1 - C to 1 + C."
    )
    brightness: float = Field(
        0.15, ge=0, le=1, title="Brightness B", description="Maps reach from -B to B."
    )
    cells: int = Field(512, ge=1, le=100_000, title="Cells", description="Most cells of each map.")
    examples: int = Field(
        6000, ge=64, le=90_000, title="Training images", description="To tune on, and to score."
    )
    tested: int = Field(1000, ge=1, le=10_000, title="Test images", description="For the accuracy.")

    @field_validator("methods")
    @classmethod
    def _some(cls, methods: tuple[MethodKey, ...]) -> tuple[MethodKey, ...]:
        if not methods or len(set(methods)) < len(methods):
            raise ValueError("name one score or more, each once")
        return methods


class ChannelScore(Record):
    """A channel before a cut.

    Attributes:
        layer, channel: which; channels are counted from 0 in the network before the cut.
        score: of the method; the lowest of a layer go.
        kept: whether it stays.
    """

    layer: str
    channel: int
    score: float
    kept: bool


class MapCounts(Record):
    """What exact maps of some images came to.

    Attributes:
        certified, violated, open: images whose whole box is certified; that have a violating
            point; that have neither within the budget of cells.
        seconds: processor time of a map, the mean over the images.
        unstable: ReLUs whose sign is not fixed on the whole box, the mean over the images.
    """

    certified: int = Field(ge=0)
    violated: int = Field(ge=0)
    open: int = Field(ge=0)
    seconds: float = Field(ge=0)
    unstable: float = Field(ge=0)

    @property
    def images(self) -> int:
        """How many were mapped."""
        return self.certified + self.violated + self.open


class PrunedRow(Record):
    """One network: a method with a seed, or the network before.

    Attributes:
        method: a key of :data:`TITLES`.
        seed: of order, light and noise in tuning, of the base network where that was trained for
            the table, and of the random score.
        weights: numbers that it has learned.
        accuracy: share of the test images whose keypoints are all within the tolerance.
        maps: of the exact maps.
        cuts: scores of the channels before each cut.
    """

    method: str
    seed: int
    weights: int = Field(ge=1)
    accuracy: float = Field(ge=0, le=1)
    maps: MapCounts
    cuts: tuple[tuple[ChannelScore, ...], ...] = ()


class Summary(Record):
    """The rows of one method, as means over its seeds.

    Attributes:
        method: of the rows.
        seeds: how many.
        weights, accuracy, certified, violated, open, seconds, unstable: means; of images the mean
            number in a row.
        lowest, highest: accuracy of the worst and of the best seed.
        smaller, faster: how many times fewer weights and how many times less time for a map than
            the networks of the same seeds that were tuned as long without a cut; None without such.
        lost: accuracy that it has less than these, as a difference of shares.
    """

    method: str
    seeds: int
    weights: float
    accuracy: float
    lowest: float
    highest: float
    certified: float
    violated: float
    open: float
    seconds: float
    unstable: float
    smaller: float | None = None
    faster: float | None = None
    lost: float | None = None

    def cells(self) -> tuple[str, ...]:
        """The figures under :data:`COLUMNS`."""
        worst, best = 100 * self.lowest, 100 * self.highest
        spread = "" if self.seeds == 1 else f" ({worst:.1f} to {best:.1f})"
        return (
            TITLES[self.method],
            f"{self.weights:,.0f}",
            "" if self.smaller is None else f"{self.smaller:.1f}x",
            f"{100 * self.accuracy:.1f} %{spread}",
            "" if self.lost is None else f"{100 * self.lost:+.1f}",
            *(f"{count:.1f}" for count in (self.certified, self.violated, self.open)),
            f"{self.seconds:.3f}",
            "" if self.faster is None else f"{self.faster:.1f}x",
            f"{self.unstable:,.0f}",
        )


class PruningTable(Record):
    """What pruning came to.

    Attributes:
        model: how the network was named; empty where one was trained for every seed.
        settings: of all rows.
        rows: in the order in which they ended.
    """

    model: str
    settings: PruningSettings
    rows: tuple[PrunedRow, ...] = ()

    def of(self, method: str) -> tuple[PrunedRow, ...]:
        """The rows of a method."""
        return tuple(row for row in self.rows if row.method == method)

    def summary(self, method: str) -> Summary | None:
        """Means over the seeds of a method; None while it has none."""
        rows = self.of(method)
        if not rows:
            return None
        mean = _means(rows)
        base = [row for row in self.of(TUNED) if row.seed in {one.seed for one in rows}]
        found = Summary(
            method=method,
            seeds=len(rows),
            weights=mean(lambda row: row.weights),
            accuracy=mean(lambda row: row.accuracy),
            lowest=min(row.accuracy for row in rows),
            highest=max(row.accuracy for row in rows),
            certified=mean(lambda row: row.maps.certified),
            violated=mean(lambda row: row.maps.violated),
            open=mean(lambda row: row.maps.open),
            seconds=mean(lambda row: row.maps.seconds),
            unstable=mean(lambda row: row.maps.unstable),
        )
        if len(base) < len(rows) or method in (UNPRUNED, TUNED) or not found.seconds:
            return found
        before = _means(base)
        return found.model_copy(
            update={
                "smaller": before(lambda row: row.weights) / found.weights,
                "faster": before(lambda row: row.maps.seconds) / found.seconds,
                "lost": before(lambda row: row.accuracy) - found.accuracy,
            }
        )

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """Of the unpruned networks and of every method that has rows, in the settings' order."""
        named = (UNPRUNED, TUNED, *self.settings.methods)
        return tuple(found for method in named if (found := self.summary(method)) is not None)

    @property
    def verdict(self) -> str:
        """What the table says of USN beside the other scores, whichever way; empty while it cannot.

        It compares the images that are certified and the accuracy with the best other score's.
        """
        ours = [s for s in self.summaries if s.method.startswith("usn")]
        others = [s for s in self.summaries if s.method in ("gap", "magnitude", "random")]
        if not ours or not others:
            return ""
        ours_most, others_most = (max(group, key=_merit) for group in (ours, others))
        said = {
            1: "certifies more maps than",
            0: "certifies as many maps as",
            -1: "certifies fewer maps than",
        }[_sign(ours_most.certified - others_most.certified)]
        return (
            f"Here the best USN score, {TITLES[ours_most.method]}, {said} the best other, "
            f"{TITLES[others_most.method]}: {ours_most.certified:.1f} and "
            f"{others_most.certified:.1f} of {self.settings.images}, at "
            f"{100 * ours_most.accuracy:.1f} % and {100 * others_most.accuracy:.1f} % accuracy "
            f"(means of {ours_most.seeds} and {others_most.seeds} seeds). Among so few images "
            f"{self._by_chance(others_most)} more or fewer are within chance. {RECONSTRUCTED}."
        )

    def _by_chance(self, one: Summary) -> int:
        """Images by which two networks alike may differ: two standard deviations, rounded up."""
        images = self.settings.images
        share = one.certified / images
        return math.ceil(2 * math.sqrt(2 * images * share * (1 - share)))


def _merit(one: Summary) -> tuple[float, float]:
    return one.certified, one.accuracy


def _sign(number: float) -> int:
    return int(math.copysign(1, number)) if number else 0


def _means(rows: Sequence[PrunedRow]) -> Callable[[Callable[[PrunedRow], float]], float]:
    return lambda value: statistics.fmean(value(row) for row in rows)
