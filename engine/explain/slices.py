"""A two-dimensional slice through the input: who wins where, for f and, coarsely, for g."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator

import numpy as np
import numpy.typing as npt
import torch

from engine.evidence.settings import RunSettings
from engine.explain.directions import (
    SliceAxes,
    adversarial_direction,
    orthonormal,
    random_direction,
    two_numbers,
)
from engine.figures.images import SliceFigure, norm_of
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise.gaussian import NoiseStream, Stream
from engine.procedures.on_grid import gridded
from engine.procedures.run import check_fit, run_key
from engine.regions import Region, radius_of
from engine.system.device import resolve

NOT_COMPUTED = -2
BASE_LEVELS = (9, 17, 33, 65)
_SMOOTH_LEVELS = ((9, 16), (13, 64), (25, 128))
"""Cells per side and votes per cell."""
_DOTS = 120
_CORNERS = 361
_PIECE_SECONDS = 0.04

Classes = npt.NDArray[np.int16]


def explore(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    region: Region | None,
    center_class: int | None,
    axes: SliceAxes | None = None,
    budget_seconds: float = 8.0,
    device: str = "auto",
    stop: threading.Event | None = None,
) -> Generator[SliceFigure, None, SliceFigure]:
    """Map the slice, coarse to fine, until done, stopped or out of time; yields each refinement.

    It is an image, not a claim: the ball ``region`` is what is proved, the maps are single votes
    (base) and majorities of a few votes (smoothed). A noise law that is counted whole depends on
    the image it is added to: its smoothed map and its dots are left out.

    Raises:
        UserError: model and input do not fit together.
    """
    check_fit(classifier, fitted, settings.scheme)
    fitted, _ = gridded(fitted, settings)
    ends = stop or threading.Event()
    explorer = Explorer(classifier, fitted, settings, device, ends, budget_seconds)
    figure = explorer.begin(axes or SliceAxes(), region, center_class)
    yield figure
    for base_side, smooth in zip(BASE_LEVELS, (None, *_SMOOTH_LEVELS), strict=True):
        base = explorer.base_map(base_side)
        if base is not None:
            figure = figure.model_copy(update={"base": base})
            yield figure
        smoothed = explorer.smooth_map(*smooth) if smooth and explorer.draws else None
        if smooth and smoothed is not None:
            figure = figure.model_copy(update={"smoothed": smoothed, "smoothed_votes": smooth[1]})
            yield figure
        if explorer.over():
            break
    return figure


class Explorer:
    """One slice: its plane and its size, and the maps over it.

    Args:
        classifier: the base classifier f.
        fitted: the input, on the grid where the noise is.
        settings: of the run.
        device: where the model runs.
        stop: when set, nothing more is mapped.
        budget_seconds: time for everything.

    Attributes:
        piece: samples that are classified at once.
    """

    def __init__(
        self,
        classifier: Classifier,
        fitted: FittedInput,
        settings: RunSettings,
        device: str,
        stop: threading.Event,
        budget_seconds: float,
    ) -> None:
        self.classifier = classifier.bound_to(fitted, settings.scheme)
        self.fitted = fitted
        self.settings = settings
        self.stop = stop
        self.deadline = time.perf_counter() + budget_seconds
        self.budget_seconds = budget_seconds
        self.device = resolve(device)
        classifier.prepare(self.device, settings.precision)
        self.key = run_key(classifier, fitted, settings)
        self.x = torch.from_numpy(fitted.pixels).to(self.device)
        self.piece = 16
        self.extent = 1.0
        self.draws = settings.law.samples is None
        self.e1 = self.e2 = self.x

    def over(self) -> bool:
        """Whether to stop refining."""
        return self.stop.is_set() or time.perf_counter() > self.deadline

    def begin(self, axes: SliceAxes, ball: Region | None, center_class: int | None) -> SliceFigure:
        """Choose the plane and its size; nothing is mapped yet."""
        level = self.settings.law.level or 0.5
        radius = radius_of(ball)
        self.extent = max(1.8 * (radius or 0.0), 1.5 * level)
        words = self._choose(axes, radius or level, center_class)
        empty = np.full((1, 1), NOT_COMPUTED, dtype=np.int16)
        outline = self.outline(ball)
        if outline.size:
            self.extent = max(1.2 * float(np.abs(outline).max()), 1.5 * level)
        return SliceFigure(
            extent=self.extent,
            base=empty,
            smoothed=empty,
            smoothed_votes=0,
            axes=words,
            radius=radius,
            class_names=self.classifier.identity.class_names,
            center_class=center_class,
            samples=self._dots(),
            norm=norm_of(ball),
            outline=outline,
        )

    def base_map(self, side: int) -> Classes | None:
        """Classes of f on a side x side grid; None if time ran out."""
        grid = self._grid(side)
        return self._mapped(len(grid), lambda a, b: self._points(grid[a:b]), side, 1)

    def base_cells(self, side: int, first: int, last: int) -> Classes:
        """Classes of f in the cells first..last-1 of a side x side grid, row by row."""
        with torch.inference_mode():
            found = self.classifier.classify(self._points(self._grid(side)[first:last]))
        return found.cpu().numpy().astype(np.int16)

    def smooth_map(self, side: int, votes: int) -> Classes | None:
        """Majority of ``votes`` noisy votes on a side x side grid; None if time ran out.

        All cells share one set of noise, so that the border between two answers is a clean line.
        """
        grid = self._grid(side)
        noise = NoiseStream(self.key, int(Stream.SLICE_VOTES), self.device)
        shared = torch.empty((votes, *self.x.shape), device=self.device)
        self.settings.scheme.noise().draw(self.x, noise, 0, shared)
        shared -= self.x

        def noisy(first: int, last: int) -> torch.Tensor:
            index = torch.arange(first, last, device=self.device)
            return self._points(grid[index // votes]).add_(shared[index % votes])

        return self._mapped(len(grid) * votes, noisy, side, votes)

    def _mapped(
        self, total: int, points: Callable[[int, int], torch.Tensor], side: int, votes: int
    ) -> Classes | None:
        classes = torch.empty(total, dtype=torch.int64, device=self.device)
        done = 0
        with torch.inference_mode():
            while done < total:
                if self.over():
                    return None
                began = time.perf_counter()
                last = min(total, done + self.piece)
                classes[done:last] = self.classifier.classify(points(done, last))
                done = last
                self._pace(time.perf_counter() - began)
        cells = classes.view(side * side, votes)
        winners = cells[:, 0] if votes == 1 else cells.mode(dim=1).values
        return winners.view(side, side).cpu().numpy().astype(np.int16)

    def _pace(self, seconds: float) -> None:
        """Keep a piece of work near 40 ms, so that a stop is obeyed at once.

        In powers of two: torch keeps compiled layers for every batch size that it meets.
        """
        if seconds < _PIECE_SECONDS / 2:
            self.piece = min(4096, 2 * self.piece)
        elif seconds > _PIECE_SECONDS:
            self.piece = max(1, self.piece // 2)

    def _grid(self, side: int) -> torch.Tensor:
        """(u, v) of cell centres, v slowest, both rising."""
        step = 2 * self.extent / side
        line = torch.arange(side, device=self.device) * step - self.extent + step / 2
        v, u = torch.meshgrid(line, line, indexing="ij")
        return torch.stack([u.reshape(-1), v.reshape(-1)], dim=1)

    def _points(self, uv: torch.Tensor) -> torch.Tensor:
        u, v = uv[:, 0, None, None, None], uv[:, 1, None, None, None]
        return self.x + u * self.e1 + v * self.e2

    def _dots(self) -> npt.NDArray[np.float32]:
        """Where noisy samples fall on the slice: their projections."""
        if not self.draws:
            return np.zeros((0, 2), dtype=np.float32)
        out = torch.empty((_DOTS, *self.x.shape), device=self.device)
        noise = NoiseStream(self.key, int(Stream.PREVIEW), self.device)
        self.settings.scheme.noise().draw(self.x, noise, 0, out)
        offsets = (out - self.x).flatten(1)
        plane = torch.stack([self.e1.flatten(), self.e2.flatten()], dim=1)
        return (offsets @ plane).cpu().numpy().astype(np.float32)

    def outline(self, ball: Region | None) -> npt.NDArray[np.float32]:
        """Where the plane leaves a ball of another norm than l2, all around; empty for a disc."""
        radius = radius_of(ball)
        if ball is None or radius is None or ball.certified_norm == "l2":
            return np.zeros((0, 2), dtype=np.float32)
        angle = torch.linspace(0, 2 * torch.pi, _CORNERS, device=self.device)
        ray = torch.stack([angle.cos(), angle.sin()], dim=1)
        plane = torch.stack([self.e1.flatten(), self.e2.flatten()])
        order = 1 if ball.certified_norm == "l1" else torch.inf
        lengths = [torch.linalg.vector_norm(part @ plane, ord=order, dim=1)
                   for part in ray.split(16)]  # fmt: skip
        size = torch.cat(lengths)
        corners: npt.NDArray[np.float32] = (radius * ray / size[:, None]).cpu().numpy()
        return corners.astype(np.float32)

    def _choose(self, axes: SliceAxes, size: float, center_class: int | None) -> tuple[str, str]:
        """Set both axes; what they are, in words."""
        second = random_direction(self.x.shape, self.key, 2 * axes.seed + 1, self.device)
        if axes.kind == "pixels" and self.x.numel() > 1:
            self.e1, self.e2 = two_numbers(self.x.shape, self.key, 2 * axes.seed, self.device)
            return "one number of the image", "another"
        first, words = self._first_axis(axes, size, center_class)
        self.e1, self.e2 = orthonormal(first, second)
        return words, "random direction"

    def _first_axis(
        self, axes: SliceAxes, size: float, center_class: int | None
    ) -> tuple[torch.Tensor, str]:
        if axes.kind == "towards" and axes.towards is not None:
            other = torch.from_numpy(axes.towards.pixels).to(self.device)
            gap = other - self.x
            distance = float(gap.norm())
            if distance > 0:
                self.extent = max(self.extent, 1.1 * distance)
                return gap, f"towards {axes.towards.identity.name}"
        if axes.kind == "adversarial" and center_class is not None:
            found = adversarial_direction(
                self.classifier,
                self.x,
                self.settings.scheme,
                key=self.key,
                top=center_class,
                size=2 * size,
                budget_seconds=self.budget_seconds / 4,
                stop=self.stop,
            )
            if found is not None:
                return found, "adversarial direction"
        return random_direction(
            self.x.shape, self.key, 2 * axes.seed, self.device
        ), "random direction"
