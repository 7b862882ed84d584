"""Ensembles of decision stumps: two pairs of handwritten digits, and a table of tumours."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.certificates.stump_vote import StumpVote
from engine.core.files import sha256_file, write_atomically
from engine.demos.data.digits import load_digits, split
from engine.inputs.coding import Column, TableCoding
from engine.inputs.table import Table
from engine.models import ModelRequest, load_model
from engine.models.kinds import STUMPS_ARCHITECTURE
from engine.models.tokenizers import coding_facts
from engine.schemes.stumps import Stumps
from engine.schemes.stumps_vote import StumpsVote
from engine.training.measure import certified_accuracy
from engine.training.stumps import Floats, Integers, Learned, StumpRecipe, learn
from engine.training.stumps_vote import LearnedVote, learn_vote
from engine.training.writing import safetensors_bytes, write_cards

TUMOURS, LABEL = "breast-cancer", "label"
EVERY = 4
"""Of so many rows of the table one is held out."""
_DIGITS = (
    "scans of the handwritten digits {} and {}, 8 by 8 pixels (Alpaydin & Kaynak, Optical "
    "Recognition of Handwritten Digits, UCI Machine Learning Repository 1998, CC BY 4.0), as "
    "shipped with scikit-learn; {} for training, {} held out, as for the other models of digits"
)
_TUMOURS = (
    "569 rows of 30 numbers (Wolberg, Mangasarian, Street & Street, Breast Cancer Wisconsin "
    "(Diagnostic), UCI Machine Learning Repository 1995, CC BY 4.0), as shipped with scikit-learn; "
    "every fourth row is held out, as breast-cancer:0 to breast-cancer:142. Published tables of "
    "stump ensembles take the older data set of that name, with 9 or 10 whole numbers a row"
)


@dataclass(frozen=True)
class StumpDemo:
    """A shipped ensemble.

    Attributes:
        name: of its files, without ending.
        title: what it is, in a few words.
        classes: names of class 0 and class 1.
        recipe: how it is learned.
        radii: whose certified accuracy the card tells.
        limits: what it must not be taken for.
        members: ensembles that vote; 1 where a single one decides.
    """

    name: str
    title: str
    classes: tuple[str, str]
    recipe: StumpRecipe
    radii: tuple[float, ...]
    limits: str
    members: int = 1

    @property
    def digits(self) -> bool:
        """Whether it tells digits apart, not tumours."""
        return self.name.startswith("digits")

    @property
    def scheme(self) -> Stumps:
        """The noise it is learned and certified with."""
        kind, scale = StumpsVote if self.members > 1 else Stumps, self.recipe.scale
        return kind(norm="l1", lam=scale) if self.recipe.norm == "l1" else kind(sigma=scale)

    def learned(self, x: Floats, labels: Integers) -> Learned | LearnedVote:
        """The ensemble, or the members of a vote."""
        if self.members > 1:
            return learn_vote(x, labels, self.recipe, self.members)
        return learn(x, labels, self.recipe)


def digits_demo(zero: int, one: int) -> StumpDemo:
    """A pair of digits."""
    return StumpDemo(
        name=f"digits-{zero}-{one}-stumps",
        title=f"decision stumps that tell the handwritten digits {zero} and {one} apart",
        classes=(str(zero), str(one)),
        recipe=StumpRecipe("boosted", "l2", 0.25, radius=0.4),
        radii=(0.0, 0.2, 0.4, 0.6, 0.8),
        limits="it knows no other digit, and calls each of them one of its two",
    )


TUMOUR_DEMO = StumpDemo(
    name=f"{TUMOURS}-stumps",
    title="decision stumps that tell malignant from benign tumours",
    classes=("malignant", "benign"),
    recipe=StumpRecipe("boosted", "l2", 4.0, radius=0.7, rate=1.0),
    radii=(0.0, 0.25, 0.5, 0.7, 1.0),
    limits=(
        "it shows the certificate for numbers and is no medical device; norms are in standard "
        "deviations of the training rows' columns"
    ),
)
VOTE_DEMO = replace(
    TUMOUR_DEMO,
    name=f"{TUMOURS}-vote",
    title="a vote of decision stumps that tell malignant from benign tumours, in the l1 norm",
    recipe=StumpRecipe("boosted", "l1", 4.0, radius=1.0, rounds=60, rate=1.0),
    radii=(0.0, 0.5, 1.0, 1.5, 2.0),
    limits=(
        f"{TUMOUR_DEMO.limits}; without noise it tells the classes apart badly: cuts lie far out"
    ),
    members=20,
)
STUMP_DEMOS: Mapping[str, StumpDemo] = {
    demo.name: demo for demo in (digits_demo(1, 5), digits_demo(2, 6), TUMOUR_DEMO, VOTE_DEMO)
}


@cache
def tumours() -> Table:
    """All rows, training rows included."""
    from sklearn.datasets import load_breast_cancer  # needed to make the example alone

    found = load_breast_cancer()
    names = tuple(map(str, found.feature_names))
    rows = tuple(
        (*map(repr, map(float, row)), str(found.target_names[label]))
        for row, label in zip(found.data, found.target, strict=True)
    )
    return Table(TUMOURS, TUMOURS, "", (*names, LABEL), rows)


def held_out_csv() -> bytes:
    """Every fourth row, as it is shipped."""
    table, text = tumours(), io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([table.header, *table.rows[::EVERY]])
    return text.getvalue().encode()


def coding(table: Table) -> TableCoding:
    """Means and deviations of the training rows, rounded as the header says them."""
    kept = tuple(row for place, row in enumerate(table.rows) if place % EVERY)
    rows = Table(TUMOURS, TUMOURS, "", table.header, kept)
    found = rows.coding(rows.without_label()).columns
    return TableCoding(
        tuple(
            Column(one.name, mean=float(f"{one.mean:.6g}"), scale=float(f"{one.scale:.6g}"))
            for one in found
        )
    )


def _tumour_part(*, held_out: bool) -> tuple[Floats, Integers, Sequence[str]]:
    table, read = tumours(), coding(tumours())
    places = [p for p in range(len(table.rows)) if (p % EVERY == 0) == held_out]
    x = np.stack([read.encode(table.cells(place), TUMOURS)[0] for place in places])
    labels = [TUMOUR_DEMO.classes.index(table.rows[place][-1]) for place in places]
    return x.astype(np.float64), np.array(labels), [f"{TUMOURS}:{p // EVERY}" for p in places]


def _digit_part(demo: StumpDemo, *, held_out: bool) -> tuple[Floats, Integers, Sequence[str]]:
    data, parts = load_digits(), split()
    chosen = parts["test"] if held_out else (*parts["train"], *parts["validation"])
    pair = list(map(int, demo.classes))
    places = [place for place in chosen if data.labels[place] in pair]
    x = data.pixels[places].reshape(len(places), -1).astype(np.float64)
    labels = np.array([pair.index(int(data.labels[place])) for place in places])
    return x, labels, [f"digits:{place}" for place in places]


def part(demo: StumpDemo, *, held_out: bool) -> tuple[Floats, Integers, Sequence[str]]:
    """Numbers (N, F), classes (N,) and names of the rows to learn from, or of those held out."""
    if not demo.digits:
        return _tumour_part(held_out=held_out)
    return _digit_part(demo, held_out=held_out)


_STUMP = ("column", "cut", "below", "above")


def written(demo: StumpDemo, learned: Learned | LearnedVote) -> bytes:
    """The ensemble or the vote as a safetensors file that says what it reads."""
    header = {
        "architecture": STUMPS_ARCHITECTURE,
        "classes": json.dumps(demo.classes),
        "training_scheme": json.dumps(demo.scheme.model_dump()),
    }
    if demo.digits:
        header["shape"] = json.dumps([1, 8, 8])
    else:
        header["columns"] = json.dumps(coding_facts(coding(tumours())))
    members = learned.members if isinstance(learned, LearnedVote) else (learned,)
    tensors = {
        name: torch.from_numpy(np.concatenate([getattr(one, name) for one in members]))
        for name in _STUMP
    }
    if isinstance(learned, LearnedVote):
        sizes = [len(one.cut) for one in members]
        tensors["member"] = torch.from_numpy(np.repeat(np.arange(len(members)), sizes))
        tensors["weight"] = torch.tensor(learned.weights)
        tensors["threshold"] = torch.tensor([one.threshold for one in members])
    else:
        header["above"] = str(learned.threshold)
        tensors["field_values"] = torch.zeros(0, dtype=torch.int64)
    return safetensors_bytes(tensors, header)


def make(demo: StumpDemo, out: Path) -> Path:
    """Learn, write the ensemble, then measure the written file and write both cards."""
    path = out / f"{demo.name}.safetensors"
    x, labels, _ = part(demo, held_out=False)
    write_atomically(path, written(demo, demo.learned(x, labels)), folders=True)
    write_cards(path, card(demo, path, trained=len(labels)))
    return path


def card(demo: StumpDemo, path: Path, *, trained: int) -> dict[str, Any]:
    """What the card says."""
    scheme = demo.scheme.for_kind("image" if demo.digits else "table")
    x, labels, specs = part(demo, held_out=True)
    model = load_model(ModelRequest(str(path)))
    numbers = torch.from_numpy(x.astype(np.float32))
    inputs = numbers.view(-1, 1, 8, 8) if demo.digits else (numbers, torch.zeros(len(x), 0).long())
    bound = model if demo.digits else model.bound_to(_row(model, specs[0]))
    right = float((bound.classify(inputs).numpy() == labels).mean())
    return {
        "name": f"{demo.name.removesuffix('-stumps')}, stumps",
        "title": demo.title,
        "architecture": STUMPS_ARCHITECTURE,
        "training_sigma": scheme.sigma if scheme.norm == "l2" else None,
        "training_scheme": scheme.model_dump(),
        "classes": list(demo.classes),
        "data": _DIGITS.format(*demo.classes, trained, len(labels)) if demo.digits else _TUMOURS,
        "limits": demo.limits,
        "remarks": {
            "Learned": (
                f"{model.identity.parameters} stumps{_voting(bound.stumps)}, boosted for what is "
                f"certifiable at a radius of {demo.recipe.radius:g} "
                f"(engine/training/{_module(demo)}); leaves are whole numbers"
            )
        },
        "command": f"python -m engine.demos {demo.name}",
        "recipe": {**asdict(demo.recipe), "epochs": demo.recipe.rounds},
        "device": "1 thread",
        "seed": 0,
        "clean_accuracy": round(right, 4),
        "tested": f"{len(labels)} test inputs",
        "noise": scheme.noise_in_words(),
        "parameters": model.identity.parameters,
        "sha256": sha256_file(path),
        "torch": torch.__version__.partition("+")[0],
        "certified_accuracy": certified_accuracy(
            path, specs, scheme, [{"radius": radius} for radius in demo.radii], n0=0, n=0, alpha=0.0
        ),
    }


def _voting(model: object) -> str:
    return f" in {len(model.members)} ensembles that vote" if isinstance(model, StumpVote) else ""


def _module(demo: StumpDemo) -> str:
    return "stumps_vote.py" if demo.members > 1 else "stumps.py"


def _row(model: Any, spec: str) -> Any:
    from engine.inputs import load_input
    from engine.models import fitted

    return fitted(model, load_input(spec))
