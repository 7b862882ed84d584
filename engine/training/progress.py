"""How a training went, epoch after epoch: what its curves and its card are made of. No torch."""

from __future__ import annotations

from engine.core.records import Record
from engine.figures.curves import Curve, CurveFigure

MEASURING = "All epochs have ended; what they came to is measured for the card…"
"""Said until that is written: test images are certified, which may take longer than the epochs."""


class Look(Record):
    """What a few validation images were certified for, with the weights of one epoch.

    Each look is a set of claims of its own: the weights are others at the next.

    Attributes:
        images: how many.
        n, alpha: of each, under the anytime bound.
        right: share that is right and certified at all.
        acr: average certified radius, wrong answers and abstentions counting 0; None where regions
            are no balls.
    """

    images: int
    n: int
    alpha: float
    right: float
    acr: float | None = None


class Epoch(Record):
    """One epoch that has ended.

    Attributes:
        loss: mean of the method's loss over the training images.
        accuracy: share of the noisy training samples that were right when they were shown.
        learning_rate: of its steps.
        validation: share of right answers on noisy validation images; None between looks.
        certified: what some of them were certified for; None where they were not.
    """

    epoch: int
    loss: float
    accuracy: float
    learning_rate: float
    validation: float | None = None
    certified: Look | None = None


class Progress(Record):
    """How far a training is.

    Attributes:
        epochs: in all.
        history: of those that have ended.
        share: of the epoch at hand; 0 between two.
        loss, accuracy: of the epoch at hand so far; None between two.
    """

    epochs: int
    history: tuple[Epoch, ...] = ()
    share: float = 0.0
    loss: float | None = None
    accuracy: float | None = None

    @property
    def done(self) -> int:
        """Epochs that have ended."""
        return len(self.history)


def loss_figure(history: tuple[Epoch, ...]) -> CurveFigure:
    """The loss over the epochs."""
    return CurveFigure(
        title="Loss",
        subtitle="mean over the training images, as the method defines it",
        x_name="epoch",
        whole_x=True,
        y_name="loss",
        curves=(Curve(name="training", points=tuple((one.epoch, one.loss) for one in history)),),
    )


def accuracy_figure(history: tuple[Epoch, ...]) -> CurveFigure:
    """Shares of right answers over the epochs, and of validation images that are certified."""
    looks = [(one.epoch, one.certified) for one in history if one.certified is not None]
    curves = [
        Curve(
            name="training, noisy samples",
            points=tuple((one.epoch, one.accuracy) for one in history),
        ),
        Curve(
            name="validation, noisy samples",
            points=tuple(
                (one.epoch, one.validation) for one in history if one.validation is not None
            ),
        ),
        Curve(
            name="validation, right and certified",
            points=tuple((epoch, look.right) for epoch, look in looks),
        ),
        Curve(
            name="validation, average certified radius",
            points=tuple((epoch, look.acr) for epoch, look in looks if look.acr is not None),
            dashed=True,
        ),
    ]
    said = ""
    if looks:
        last = looks[-1][1]
        said = (
            f"certified: {last.images} images, n = {last.n:,}, alpha {last.alpha:g} each, anytime "
            "bound, with the weights of that epoch"
        )
    return CurveFigure(
        title="Accuracy",
        subtitle=said,
        x_name="epoch",
        whole_x=True,
        y_name="share",
        curves=tuple(curve for curve in curves if curve.points),
    )
