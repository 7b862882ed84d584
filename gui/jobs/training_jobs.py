"""What the worker does to train a model, and what the page shows of it."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.core.rounding import percent_down, round_down

if TYPE_CHECKING:
    from engine.figures.curves import CurveFigure
    from engine.schemes import Scheme
    from engine.training.progress import Epoch, Progress

BEFORE = "Loading images and network…"
EPOCHS = ("epoch", "loss", "training", "validation", "certified", "ACR", "rate")
"""What the table of the epochs tells of each: the shares of noisy training and validation samples
that are right, the share of validation images that is right and certified, their average certified
radius, and the learning rate."""


@dataclass(frozen=True)
class AskedTraining:
    """What the form asks for.

    Attributes:
        values: as :func:`engine.training.ordering.order_of` takes them.
        scheme: whose noise trains.
        folder: of weights, card and state, or the file of weights in it.
    """

    values: Mapping[str, Any]
    scheme: Scheme
    folder: Path


@dataclass(frozen=True)
class TrainingShown:
    """How far a training is.

    Attributes:
        name: of its files.
        progress: None before the first step.
        path: of the weights, once they are written.
        loss, accuracy: curves over the epochs; None before the first has ended.
        card: of the finished model, in Markdown.
    """

    name: str
    progress: Progress | None = None
    path: Path | None = None
    loss: CurveFigure | None = None
    accuracy: CurveFigure | None = None
    card: str = ""


def train(
    asked: AskedTraining, stop: threading.Event
) -> Generator[TrainingShown, None, TrainingShown]:
    """Train, as ``certiscope train`` does; an earlier start of the same is resumed.

    Raises:
        UserError: as that command says it.
    """
    from engine.training.making import making
    from engine.training.ordering import order_of, placed

    folder, name = placed(asked.folder, "")
    order = order_of({**asked.values, "name": name}, asked.scheme)
    shown = TrainingShown(order.name)
    yield shown
    work = making(order, folder, stop=stop)
    while True:
        try:
            shown = _shown(order.name, next(work), shown)
        except StopIteration as end:
            path: Path | None = end.value
            card = path.with_suffix(".md").read_text(encoding="utf-8") if path else ""
            return replace(shown, path=path, card=card)
        yield shown


def _shown(name: str, now: Progress, before: TrainingShown) -> TrainingShown:
    """Curves change with an epoch that has ended."""
    from engine.training.progress import accuracy_figure, loss_figure

    known = before.progress.done if before.progress else 0
    if now.done == known or not now.history:
        return TrainingShown(name, now, None, before.loss, before.accuracy)
    return TrainingShown(name, now, None, loss_figure(now.history), accuracy_figure(now.history))


def kept(out: Path) -> list[tuple[str, str]]:
    """What trainings left in a folder: states to be resumed, and models with what they certify."""
    from engine.training.checkpoint import ENDING, standing
    from engine.training.ordering import WEIGHTS, placed

    folder, _ = placed(out, "")
    stands = [(path.stem, standing(path)) for path in sorted(folder.glob(f"*{ENDING}"))]
    models = [(path.stem, _acr(path)) for path in sorted(folder.glob(f"*{WEIGHTS}"))]
    return [
        *(
            (name, f"after epoch {at[0]:,} of {at[1]:,}, to be resumed")
            for name, at in stands
            if at
        ),
        *((name, acr) for name, acr in models if acr),
    ]


def _acr(path: Path) -> str:
    """What the card of a model of the lab says it certifies; empty where there is no such card."""
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        found = card["recipe"] and card.get("certified_accuracy", {})
        if "acr" not in found:
            return "finished"
        acr, inputs = float(found["acr"]), int(found["inputs"])
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ):
        return ""
    if not math.isfinite(acr):
        return ""
    return f"finished, average certified radius {round_down(acr, 3)} on {inputs} test images"


def epoch_row(epoch: Epoch) -> list[str]:
    """An epoch by :data:`EPOCHS`; shares and radii rounded down, empty between two looks."""
    look = epoch.certified
    acr = look.acr if look is not None else None
    return [
        f"{epoch.epoch:,}",
        f"{epoch.loss:.4g}",
        percent_down(epoch.accuracy, 1),
        "" if epoch.validation is None else percent_down(epoch.validation, 1),
        "" if look is None else percent_down(look.right, 1),
        "" if acr is None else round_down(acr, 3),
        f"{epoch.learning_rate:.2g}",
    ]


def facts(shown: TrainingShown) -> list[tuple[str, str]]:
    """The numbers of the epoch at hand and of the last look; shares are rounded down."""
    now = shown.progress
    if now is None:
        return [("files", shown.name)]
    rows = [("files", shown.name), ("epochs", f"{now.done:,} of {now.epochs:,}")]
    last = now.history[-1] if now.history else None
    loss = now.loss if now.loss is not None else last.loss if last else None
    right = now.accuracy if now.accuracy is not None else last.accuracy if last else None
    if loss is not None and right is not None:
        rows += [("loss", f"{loss:.4g}"), ("noisy training samples right", percent_down(right, 1))]
    looked = next((one for one in reversed(now.history) if one.validation is not None), None)
    if looked is not None and looked.validation is not None:
        rows.append(
            (f"noisy validation samples, epoch {looked.epoch}", percent_down(looked.validation, 1))
        )
        if (look := looked.certified) is not None:
            rows.append((f"right and certified, of {look.images}", percent_down(look.right, 1)))
            if look.acr is not None:
                rows.append(("their average certified radius", round_down(look.acr, 3)))
            rows.append(("n and alpha of each", f"{look.n:,}, {look.alpha:g}, anytime bound"))
    return rows
