"""Train on noised images, by any method and the noise of any scheme, an epoch at a time."""

from __future__ import annotations

import copy
import math
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import nn
from torch.nn import functional

from engine.core.errors import UserError
from engine.schemes import Scheme
from engine.training.data import DataSet, Part, floats
from engine.training.image_noise import noisy
from engine.training.methods.base import Loss
from engine.training.progress import Epoch, Look, Progress
from engine.training.recipe import Recipe as Recipe
from engine.training.step import Step

Batch = tuple[tuple[torch.Tensor, ...], torch.Tensor]
"""What a network takes, and the classes."""
LossOf = Callable[[tuple[torch.Tensor, ...], torch.Tensor], Loss]
Watch = Callable[[nn.Module], Look | None]
"""Certifies a few validation images with a network as it is."""
_LOOK = 1024
"""Images per batch where nothing is learned."""


@dataclass(frozen=True)
class Trained:
    """What came of a training.

    Attributes:
        network: that was kept, of ``epoch``.
        validation_accuracy: how it did there on noisy validation images.
        history: of all epochs.
    """

    network: nn.Module
    epoch: int
    validation_accuracy: float
    history: tuple[Epoch, ...] = ()


@dataclass
class State:
    """All that a training has come to; what decides how it goes on."""

    network: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.CosineAnnealingLR
    generator: torch.Generator
    best: dict[str, torch.Tensor] = field(default_factory=dict)
    best_epoch: int = 0
    best_accuracy: float = -1.0
    history: tuple[Epoch, ...] = ()


class Keeper(Protocol):
    """Keeps the state of a training somewhere."""

    def load(self, state: State) -> None:
        """Put a kept state in place of a fresh one, if there is one."""

    def save(self, state: State) -> None:
        """Keep a state, after an epoch."""


@torch.no_grad()
def noisy_accuracy(
    network: nn.Module, part: Part, scheme: Scheme, *, draws: int, seed: int
) -> float:
    """Share of right answers over ``draws`` noisy samples of every image."""
    network.eval()
    pixels, labels = part
    generator = torch.Generator(pixels.device).manual_seed(seed)
    right = 0
    for _ in range(draws):
        for some, answers in zip(pixels.split(_LOOK), labels.split(_LOOK), strict=True):
            scores = network(noisy(floats(some), scheme, generator))
            right += int((scores.argmax(1) == answers).sum())
    return right / (draws * len(labels))


def steps(
    network: nn.Module,
    batches: Iterable[Batch],
    optimizer: torch.optim.Optimizer,
    loss_of: LossOf,
) -> Iterator[Loss]:
    """A step down the loss of every batch; the losses, as they were before it."""
    network.train()
    for inputs, labels in batches:
        optimizer.zero_grad()
        loss = loss_of(inputs, labels)
        torch.autograd.backward(loss.value)
        optimizer.step()
        yield Loss(loss.value.detach(), loss.scores.detach())


def descend(
    network: nn.Module,
    rounds: Iterable[Iterable[Batch]],
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler | None = None,
) -> None:
    """A step down the cross-entropy for every batch, and of the schedule for every round.

    Args:
        network: trained in place.
        rounds: of batches, each what the network takes and the classes, of any shape.
        optimizer: of its weights.
        schedule: of the learning rate.
    """

    def loss_of(inputs: tuple[torch.Tensor, ...], labels: torch.Tensor) -> Loss:
        scores = network(*inputs).float().flatten(0, -2)
        return Loss(functional.cross_entropy(scores, labels.flatten()), scores)

    for batches in rounds:
        for _ in steps(network, batches, optimizer, loss_of):
            pass
        if schedule is not None:
            schedule.step()


def training(
    network: nn.Module,
    data: DataSet,
    recipe: Recipe,
    *,
    keeper: Keeper | None = None,
    watch: Watch | None = None,
    stop: threading.Event | None = None,
) -> Generator[Progress, None, Trained | None]:
    """Train ``network`` in place of its random weights, yielding how far it is.

    The learning rate falls along a cosine over all epochs. The validation noise is the same at
    every look, so that epochs are compared on equal terms.

    Args:
        keeper: keeps the state after every epoch, and has that of an earlier start: on one
            processor a resumed training comes to the same weights, bit for bit.
        watch: certifies a few validation images at every look.
        stop: when set, the training ends after its batch; what was kept is the last whole epoch.

    Returns:
        The network that was kept, or None if it was stopped.

    Raises:
        UserError: the loss is no number any more, or what is kept does not fit.
    """
    state = _fresh(network, data, recipe)
    if keeper is not None:
        keeper.load(state)
        _measure_again(state, data, recipe)
    for epoch in range(len(state.history) + 1, recipe.epochs + 1):
        found = yield from _epoch(state, data, recipe, epoch, stop)
        if found is None:
            return None
        state.schedule.step()
        if epoch % recipe.check_every == 0 or epoch == recipe.epochs:
            found = _looked(state, data, recipe, found, watch)
        state.history = (*state.history, found)
        if keeper is not None:
            keeper.save(state)
        yield Progress(epochs=recipe.epochs, history=state.history)
    network.load_state_dict(state.best)
    return Trained(network, state.best_epoch, state.best_accuracy, state.history)


def _measure_again(state: State, data: DataSet, recipe: Recipe) -> None:
    """The accuracy of the weights that are kept, which a file may say otherwise."""
    if not state.best:
        return
    going = copy.deepcopy(state.network.state_dict())
    state.network.load_state_dict(state.best)
    state.best_accuracy = _accuracy(state, data, recipe)
    state.network.load_state_dict(going)


def _accuracy(state: State, data: DataSet, recipe: Recipe) -> float:
    """On noisy validation images, the same ones at every look."""
    return noisy_accuracy(
        state.network, data.validation, recipe.scheme, draws=recipe.draws, seed=recipe.seed
    )


def _fresh(network: nn.Module, data: DataSet, recipe: Recipe) -> State:
    generator = torch.Generator(data.train[0].device).manual_seed(recipe.seed)
    if recipe.precision == "bf16":
        network.to(memory_format=torch.channels_last)
    optimizer = _optimizer(network, recipe)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, recipe.epochs)
    return State(network, optimizer, schedule, generator)


def _epoch(
    state: State, data: DataSet, recipe: Recipe, epoch: int, stop: threading.Event | None
) -> Generator[Progress, None, Epoch | None]:
    """A step for every batch; None if it was stopped before the last."""
    bf16 = recipe.precision == "bf16"
    step = Step(state.network, recipe.scheme, state.generator, epoch=epoch, bf16=bf16)
    images, rate = len(data.train[1]), state.optimizer.param_groups[0]["lr"]
    answers = list[torch.Tensor]()

    def batches() -> Iterator[Batch]:
        for moved, labels in _batches(data, recipe, state.generator):
            answers[:] = [labels]
            yield (moved,), labels

    def loss_of(inputs: tuple[torch.Tensor, ...], labels: torch.Tensor) -> Loss:
        return recipe.method.loss(step, inputs[0], labels)

    seen, total, right, shown = 0, 0.0, 0, 0
    for loss in steps(state.network, batches(), state.optimizer, loss_of):
        value, (labels,) = float(loss.value), answers
        if not math.isfinite(value):
            raise UserError(_no_number(epoch, recipe))
        seen += len(labels)
        total += value * len(labels)
        draws = len(loss.scores) // len(labels)
        right += int((loss.scores.argmax(1) == labels.repeat(draws)).sum())
        shown += len(loss.scores)
        if stop is not None and stop.is_set() and seen < images:
            return None
        yield Progress(
            epochs=recipe.epochs,
            history=state.history,
            share=seen / images,
            loss=total / seen,
            accuracy=right / shown,
        )
    return Epoch(epoch=epoch, loss=total / seen, accuracy=right / shown, learning_rate=rate)


def _no_number(epoch: int, recipe: Recipe) -> str:
    return (
        f"The loss is no finite number in epoch {epoch}: the steps are too long. Lower "
        f"--learning-rate, which is {recipe.learning_rate:g}, or the weights in the loss of "
        f"{recipe.method.key}; what was kept of the epochs before is unchanged."
    )


def _looked(
    state: State, data: DataSet, recipe: Recipe, found: Epoch, watch: Watch | None
) -> Epoch:
    """The epoch with what validation images say of it; its weights are kept if they are best."""
    accuracy = _accuracy(state, data, recipe)
    if recipe.kept == "last" or accuracy >= state.best_accuracy:
        state.best = copy.deepcopy(state.network.state_dict())
        state.best_epoch, state.best_accuracy = found.epoch, accuracy
    certified = watch(state.network) if watch is not None else None
    return found.model_copy(update={"validation": accuracy, "certified": certified})


def _optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    weights, rate, decay = network.parameters(), recipe.learning_rate, recipe.weight_decay
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(weights, lr=rate, momentum=0.9, weight_decay=decay)
    return torch.optim.AdamW(weights, lr=rate, weight_decay=decay)


def _batches(
    data: DataSet, recipe: Recipe, generator: torch.Generator
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """One epoch in a new order, each image moved a little."""
    pixels, labels = data.train
    order = torch.randperm(len(labels), generator=generator, device=pixels.device)
    for chosen in torch.split(order, recipe.batch):
        yield data.augment(floats(pixels[chosen]), generator), labels[chosen]
