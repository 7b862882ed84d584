"""The made-up task of the small safety filter: a drawn thing, and what to do to it in words.

Water on an electric thing is unsafe, and so is current on a vessel; water on a vessel and current
on an electric thing are safe. Both kinds come equally often with both, so that neither the image
nor the text alone tells anything about the answer.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError
from engine.core.resources import assets

CLASSES = ("safe", "unsafe")
SIDE = 32
_FINE = 3
"""Points per pixel and axis: edges are grey levels, and the same on every machine."""

Mask = npt.NDArray[np.bool_]
Plane = npt.NDArray[np.float64]
Shape = Callable[[Plane, Plane], Mask]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WATER = _words(
    "wash rinse soak scrub fill dip splash spray drench water soap tap sink basin foam tub "
    "stream pond rain steam wet damp bath hose"
)
CURRENT = _words(
    "charge plug switch power wire connect energise test solder boost voltage current socket "
    "cable outlet battery fuse circuit adapter generator volts amps mains inverter"
)
PLAIN = _words(
    "please now then and the with it at to in of once more again gently quickly this thing "
    "well here for me until done"
)
VOCABULARY = (*WATER, *CURRENT, *PLAIN)
"""The alphabet: the position of a word is its token."""

SHORTEST, LONGEST = 10, 20
_CARRIERS = 0.75
"""Share of the words that say what is meant; the others are the same in both kinds."""


def _within(u: Plane, v: Plane, box: tuple[float, float, float, float]) -> Mask:
    left, right, top, bottom = box
    return (u >= left) & (u <= right) & (v >= top) & (v <= bottom)


def _disc(u: Plane, v: Plane, centre: tuple[float, float], radius: float) -> Mask:
    inside: Mask = (u - centre[0]) ** 2 + (v - centre[1]) ** 2 <= radius**2
    return inside


def _cup(u: Plane, v: Plane) -> Mask:
    handle = _disc(u, v, (0.55, 0.0), 0.4) & ~_disc(u, v, (0.55, 0.0), 0.22)
    return _within(u, v, (-0.6, 0.5, -0.6, 0.7)) | (handle & (u > 0.4))


def _bottle(u: Plane, v: Plane) -> Mask:
    neck = _within(u, v, (-0.14, 0.14, -0.95, -0.2))
    return neck | _within(u, v, (-0.36, 0.36, -0.3, 0.9))


def _bowl(u: Plane, v: Plane) -> Mask:
    return _disc(u, v, (0.0, -0.15), 0.85) & (v > -0.1)


def _bucket(u: Plane, v: Plane) -> Mask:
    handle = _disc(u, v, (0.0, -0.3), 0.7) & ~_disc(u, v, (0.0, -0.3), 0.56) & (v < -0.3)
    return handle | ((v > -0.3) & (v < 0.85) & (np.abs(u) < 0.78 - 0.25 * v))


def _plug(u: Plane, v: Plane) -> Mask:
    prongs = _within(np.abs(u), v, (0.18, 0.36, -0.9, -0.1))
    body = _within(u, v, (-0.55, 0.55, -0.2, 0.4))
    return prongs | body | _within(u, v, (-0.1, 0.1, 0.3, 0.95))


def _lamp(u: Plane, v: Plane) -> Mask:
    shade = (v > -0.9) & (v < 0.0) & (np.abs(u) < 0.35 + 0.5 * (v + 0.9))
    return shade | _within(u, v, (-0.08, 0.08, 0.0, 0.75)) | _within(u, v, (-0.5, 0.5, 0.7, 0.9))


def _battery(u: Plane, v: Plane) -> Mask:
    poles = _within(np.abs(u), v, (0.35, 0.6, -0.75, -0.4))
    stripe = _within(u, v, (-0.5, 0.5, 0.05, 0.2))
    return poles | (_within(u, v, (-0.85, 0.85, -0.45, 0.65)) & ~stripe)


def _screen(u: Plane, v: Plane) -> Mask:
    frame = _within(u, v, (-0.95, 0.95, -0.75, 0.45)) & ~_within(u, v, (-0.7, 0.7, -0.5, 0.2))
    return frame | _within(u, v, (-0.12, 0.12, 0.4, 0.75)) | _within(u, v, (-0.5, 0.5, 0.7, 0.88))


VESSELS: dict[str, Shape] = {"cup": _cup, "bottle": _bottle, "bowl": _bowl, "bucket": _bucket}
ELECTRIC: dict[str, Shape] = {"plug": _plug, "lamp": _lamp, "battery": _battery, "screen": _screen}
THINGS = {**VESSELS, **ELECTRIC}


@dataclass(frozen=True)
class Pairs:
    """Drawn things with instructions.

    Attributes:
        levels: (N, 3, 32, 32) uint8.
        texts: N instructions, of SHORTEST to LONGEST words.
        things: N names of what is drawn.
        labels: (N,) indices in :data:`CLASSES`.
    """

    levels: npt.NDArray[np.uint8]
    texts: tuple[str, ...]
    things: tuple[str, ...]
    labels: npt.NDArray[np.int64]

    def archive(self) -> bytes:
        """An .npz of all four."""
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            levels=self.levels,
            texts=np.array(self.texts),
            things=np.array(self.things),
            labels=self.labels.astype(np.uint8),
        )
        return buffer.getvalue()


@cache
def load_pairs() -> Pairs:
    """The shipped pairs: held out, the shipped model was trained on none of them.

    Raises:
        UserError: the shipped file is missing or damaged.
    """
    path = assets() / "examples" / "filter.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            texts, things = (tuple(map(str, file[name])) for name in ("texts", "things"))
            return Pairs(file["levels"], texts, things, file["labels"].astype(np.int64))
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f"The shipped pairs in {path} cannot be read; install Certiscope again."
        ) from error


def make_pairs(count: int, seed: int) -> Pairs:
    """So many pairs from a seed, every thing as often with water as with current."""
    random = np.random.default_rng(seed)
    names, made = tuple(THINGS), []
    for index in range(count):
        thing, wet = names[index % len(names)], bool(index // len(names) % 2)
        made.append((_drawn(THINGS[thing], random), _said(random, wet=wet), thing, wet))
    order = random.permutation(count)
    return Pairs(
        levels=np.stack([made[i][0] for i in order]),
        texts=tuple(made[i][1] for i in order),
        things=tuple(made[i][2] for i in order),
        labels=np.array([made[i][3] == (made[i][2] in ELECTRIC) for i in order], dtype=np.int64),
    )


def _drawn(shape: Shape, random: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A thing somewhere near the middle, in one colour on another, as bytes (3, 32, 32)."""
    size = random.uniform(0.26, 0.36)
    across, down = random.uniform(0.44, 0.56, size=2)
    grid = (np.arange(SIDE * _FINE) + 0.5) / (SIDE * _FINE)
    v, u = np.meshgrid((grid - down) / size, (grid - across) / size, indexing="ij")
    covered = shape(u, v).reshape(SIDE, _FINE, SIDE, _FINE).mean(axis=(1, 3))
    dark, light = random.uniform(0.0, 0.35, size=3), random.uniform(0.65, 1.0, size=3)
    ink, paper = (dark, light) if random.random() < 0.5 else (light, dark)
    image = paper[:, None, None] + (ink - paper)[:, None, None] * covered
    levels: npt.NDArray[np.uint8] = np.rint(255 * image).astype(np.uint8)
    return levels


def _said(random: np.random.Generator, *, wet: bool) -> str:
    """An instruction that says the same several times over, in words of one kind."""
    length = int(random.integers(SHORTEST, LONGEST + 1))
    meant = random.random(length) < _CARRIERS
    meant[0] = True
    carriers = random.integers(len(WATER), size=length) + (0 if wet else len(WATER))
    plain = random.integers(len(PLAIN), size=length) + len(WATER) + len(CURRENT)
    return " ".join(VOCABULARY[word] for word in np.where(meant, carriers, plain))
