"""Small samples of the shared records, for every room's tests; no torch, nothing random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.bounds import bound_method
from engine.core.records import (
    InputIdentity,
    ModelIdentity,
    ProbabilityBounds,
    Software,
    Timing,
    Votes,
)
from engine.evidence import statement
from engine.evidence.evidence import (
    Evidence,
    NoiseRecord,
    TestRecord,
    TrajectoryPoint,
)
from engine.evidence.observations import ClassVotes, Exact
from engine.evidence.setting_fields import BoundKey
from engine.evidence.settings import (
    CertifySettings,
    Counting,
    ExactSettings,
    PredictSettings,
    declared,
)
from engine.evidence.snapshot import Snapshot
from engine.figures.examples import Attack, Example, ExamplesFigure
from engine.figures.graphs import GraphNode, NeighbourhoodFigure
from engine.figures.images import Illustrations, SliceFigure
from engine.figures.media import (
    CellsMedium,
    GraphMedium,
    ImageMedium,
    Medium,
    NodeTouch,
    WordMark,
    WordsMedium,
)
from engine.figures.regions import RegionFigure, region_figure
from engine.inputs.coding import Column
from engine.regions import Abstention, Ball, CellMap, Count, Staircase
from engine.schemes import Gaussian, parse_scheme

DIGITS = tuple(str(digit) for digit in range(10))
SELECTION = (0, 0, 2, 0, 0, 1, 0, 97, 0, 0)
STRUCTURED: dict[str, dict[str, Any]] = {
    "staircase": {"key": "hierarchical-gaussian", "sigma": 0.25, "p": 0.85},
    "count": {"key": "ablation", "entities": 64, "keep": 6},
    "cells": {"key": "sparse", "p_plus": 0.05, "p_minus": 0.8},
}
"""A scheme for each kind of region but balls."""
ESTIMATION = (12, 5, 620, 210, 31, 402, 3, 98_403, 214, 100)


def make_settings(values: Mapping[str, Any]) -> Counting:
    """Settings of CERTIFY under the scheme of some values, Gaussian if they name none."""
    scheme = parse_scheme(values.get("scheme", {"key": "gaussian"}))
    return declared("certify", scheme, values)


def make_model(class_names: Sequence[str] = DIGITS, **overrides: Any) -> ModelIdentity:
    """A small network on digits."""
    facts: dict[str, Any] = {
        "name": "digits-cnn, sigma 0.25",
        "source": "demo:digits-0.25",
        "format": "safetensors",
        "sha256": "9f2c1b7e" * 8,
        "architecture": "digits-cnn",
        "parameters": 39_402,
        "class_names": tuple(class_names),
        "input_shape": (1, 8, 8),
        "normalization": "none",
        "normalization_origin": "stored in the file",
        "training_sigma": 0.25,
    }
    return ModelIdentity(**{**facts, **overrides})


def make_input(**overrides: Any) -> InputIdentity:
    """A handwritten seven."""
    facts: dict[str, Any] = {
        "name": "digit 1204",
        "source": "digits:1204",
        "sha256": "0d5a77e3" * 8,
        "pixels_sha256": "51ce90ab" * 8,
        "shape": (1, 8, 8),
        "label": 7,
        "label_name": "7",
    }
    return InputIdentity(**{**facts, **overrides})


def make_noise() -> NoiseRecord:
    """A noise record."""
    return NoiseRecord(
        generator="philox4x32-10/box-muller-f32",
        key="00c0ffee12345678",
        key_material="seed 0",
        selection_stream=0,
        estimation_stream=1,
    )


def make_software() -> Software:
    """Versions of a machine that does not exist."""
    return Software(
        certiscope="0.1.0",
        python="3.11.7",
        torch="2.15.0",
        numpy="2.4.6",
        scipy="1.17.0",
        platform="Linux-6.1-x86_64",
        processor="Example CPU",
        device_name="cpu",
    )


def make_trajectory(
    estimation: Votes, top: int, *, bound: BoundKey, alpha: float, n_plan: int
) -> tuple[TrajectoryPoint, ...]:
    """Bounds on the way to ``estimation``, votes arriving in proportion."""
    if estimation.n == 0:
        return ()
    method, points = bound_method(bound), []
    places = np.unique(np.geomspace(min(20, estimation.n), estimation.n, 120).astype(int))
    for n in places.tolist():
        share = [count * n // estimation.n for count in estimation.counts]
        share[top] += n - sum(share)
        votes = estimation if n == estimation.n else Votes.from_sequence(share)
        bounds = method.at(votes, top=top, alpha=alpha, n_plan=n_plan)
        points.append(
            TrajectoryPoint(
                n=n,
                k=votes.counts[top],
                p_lower=bounds.p_lower,
                p_upper=bounds.p_upper,
                valid=bounds.valid,
            )
        )
    return tuple(points)


def make_evidence(
    *,
    class_names: Sequence[str] = DIGITS,
    selection: Sequence[int] = SELECTION,
    estimation: Sequence[int] = ESTIMATION,
    failures: int = 0,
    n_plan: int | None = None,
    bound: BoundKey = "live",
    sigma: float = 0.25,
    alpha: float = 0.001,
    **overrides: Any,
) -> Evidence:
    """Evidence of a CERTIFY run whose bounds and region follow from its counts.

    Args:
        class_names, selection, estimation, failures: the votes.
        n_plan: planned n; the votes' own number makes the run complete.
        bound, sigma, alpha: settings.
        **overrides: any field of the evidence, as it is.
    """
    first = Votes.from_sequence(selection)
    votes = Votes.from_sequence(estimation, failures)
    settings = CertifySettings(
        scheme=Gaussian(sigma=sigma), n0=first.n, n=n_plan or votes.n, alpha=alpha, bound=bound
    )
    top = first.top
    method = bound_method(bound)
    bounds = method.at(votes, top=top, alpha=alpha, n_plan=settings.n) if votes.n else None
    region = settings.scheme.region(bounds) if bounds is not None and bounds.valid else None
    name = class_names[top]
    facts: dict[str, Any] = {
        "run_id": "20250301-101500-7f3a",
        "procedure": "certify",
        "created": "2025-03-01T10:15:00Z",
        "complete": votes.n == settings.n,
        "observations": ClassVotes(
            selection=first.counts,
            estimation=votes.counts,
            estimation_failures=failures,
            guess=top,
        ),
        "bounds": bounds,
        "trajectory": make_trajectory(votes, top, bound=bound, alpha=alpha, n_plan=settings.n),
        "settings": settings,
        "noise": make_noise(),
        "model": make_model(class_names),
        "input": make_input(),
        "performance": Timing(
            samples_per_second=98_000.0, seconds=1.02, batch=1000, device="cpu", threads=2
        ),
        "software": make_software(),
        "command": "certiscope certify --model demo:digits-0.25 --input digits:1204 --sigma 0.25",
    }
    facts |= _outcome(region, name, top, bounds)
    return Evidence(**{**facts, **overrides})


def _outcome(region: Any, name: str, top: int, bounds: ProbabilityBounds | None) -> dict[str, Any]:
    if bounds is None:
        sentence = "the run ended before the first vote that could bound."
        return {
            "outcome": "abstained",
            "abstention": Abstention(reason="no-votes", sentence=sentence),
            "statement": f"Nothing is certified: {sentence}",
        }
    if region is None:
        sentence = f"p_lower for '{name}' is not above one half; four times the votes would help."
        return {
            "outcome": "abstained",
            "abstention": Abstention(
                reason="too-few-samples", sentence=sentence, n_needed=4 * bounds.n
            ),
            "statement": f"Nothing is certified: {sentence}",
        }
    return {
        "outcome": "certified",
        "predicted_class": top,
        "class_name": name,
        "radius": region.radius,
        "region": region,
        "statement": statement.certified(region, bounds, name, "image"),
    }


def make_predicted(*, p_value: float = 1e-12, **overrides: Any) -> Evidence:
    """Evidence of a PREDICT run: one phase of votes, a test, no bounds."""
    returned = p_value <= 0.001
    facts: dict[str, Any] = {
        "procedure": "predict",
        "settings": PredictSettings(n=100_000, test="two-sided"),
        "outcome": "predicted" if returned else "abstained",
        "predicted_class": 7 if returned else None,
        "class_name": "7" if returned else None,
        "radius": None,
        "region": None,
        "bounds": None,
        "abstention": None,
        "trajectory": (),
        "test": TestRecord(name="two-sided", top=7, runner_up=2, p_value=p_value),
        "statement": "With confidence 99.9 %, the smoothed model's prediction for this image is "
        "'7'."
        if returned
        else "No answer is returned: the test does not tell '7' and '2' apart.",
    }
    return make_evidence(**{**facts, **overrides})


def make_snapshot(
    *,
    class_names: Sequence[str] = DIGITS,
    estimation: Sequence[int] = ESTIMATION,
    n_plan: int = 200_000,
    bound: BoundKey = "live",
    run_id: str = "20250301-101500-7f3a",
    **overrides: Any,
) -> Snapshot:
    """A CERTIFY run half way through."""
    first, votes = Votes.from_sequence(SELECTION), Votes.from_sequence(estimation)
    bounds = bound_method(bound).at(votes, top=7, alpha=0.001, n_plan=n_plan)
    facts: dict[str, Any] = {
        "run_id": run_id,
        "settings": CertifySettings(n0=first.n, n=n_plan, bound=bound),
        "phase": "estimation",
        "selection": first,
        "estimation": votes,
        "top": 7,
        "bounds": bounds,
        "region": Gaussian(sigma=0.25).region(bounds) if bounds.valid else None,
        "trajectory": make_trajectory(votes, 7, bound=bound, alpha=0.001, n_plan=n_plan),
        "n_done": first.n + votes.n,
        "n0_plan": first.n,
        "n_plan": n_plan,
        "rate": 98_000.0,
        "eta": 1.0,
        "seconds": 1.0,
    }
    return Snapshot(**{**facts, **overrides})


def make_region_run(kind: str, *, share: float = 0.98, n: int = 4000, **settings: Any) -> Snapshot:
    """A run after ``n`` votes, this share of them for class 7, under a scheme of STRUCTURED."""
    scheme = settings.pop("scheme", None) or parse_scheme(STRUCTURED[kind])
    chosen = CertifySettings(**{"scheme": scheme, "n": 10_000, "bound": "live", **settings})
    k = round(share * n)
    snapshot = make_snapshot(
        estimation=(0,) * 7 + (k, n - k, 0), n_plan=chosen.n, bound=chosen.bound, settings=chosen
    )
    valid = snapshot.bounds is not None and snapshot.bounds.valid
    region = chosen.scheme.region(snapshot.bounds) if valid else None
    return snapshot.model_copy(update={"region": region})


def make_region_figure(kind: str, **facts: Any) -> RegionFigure:
    """The image of such a run."""
    found = region_figure(make_region_run(kind, **facts), DIGITS)
    assert found is not None
    return found


def make_slice_figure(*, cells: int = 60, **overrides: Any) -> SliceFigure:
    """A plane cut into three answers, the input's in the middle."""
    extent = 1.2
    u, v = np.meshgrid(np.linspace(-extent, extent, cells), np.linspace(-extent, extent, cells))
    base = np.full((cells, cells), 7, dtype=np.int16)
    base[u + 0.2 * np.sin(5 * v) > 0.75] = 2
    base[v < -0.8 - 0.1 * np.cos(4 * u)] = 5
    coarse = base[::4, ::4].copy()
    angle = np.linspace(0, 40, 80)
    samples = np.stack([0.35 * np.cos(angle), 0.3 * np.sin(angle * 1.7)], axis=1)
    facts: dict[str, Any] = {
        "extent": extent,
        "base": base,
        "smoothed": coarse,
        "smoothed_votes": 100,
        "axes": ("towards digit 6", "random, orthogonal"),
        "radius": 0.512,
        "class_names": DIGITS,
        "center_class": 7,
        "samples": samples.astype(np.float32),
    }
    return SliceFigure(**{**facts, **overrides})


def make_image(channels: int = 1, side: int = 8) -> np.ndarray:
    """A seven in pixels."""
    image = np.zeros((channels, side, side), dtype=np.float32)
    image[:, 1, 1 : side - 1] = 1.0
    for row in range(2, side - 1):
        image[:, row, max(1, side - 1 - row)] = 0.8
    return image


def make_image_examples(**overrides: Any) -> ExamplesFigure:
    """A seven, three noisy sevens and one changed by a ball's radius."""
    original = make_image()
    waves = [np.sin(np.arange(original.size) * step).reshape(original.shape) for step in (3, 5, 7)]
    changed = original + 0.5 * waves[0] / np.linalg.norm(waves[0])
    noisy = [(ImageMedium.of(original + 0.25 * wave),) for wave in waves]
    facts: dict[str, Any] = {
        "noise_in_words": "Gaussian, sigma 0.25 (pixels in [0,1])",
        "original": Example.clean((ImageMedium.of(original),), "7"),
        "samples": tuple(map(Example.noisy, (1, 2, 3), noisy, ("7", "7", "2"))),
        "attack": Attack(
            "adversarial direction",
            lambda budget: (changed,),
            lambda arrays: (ImageMedium.of(arrays[0]),),
        ),
        "region": Ball(norm="l2", radius=0.5, unit="pixels in [0,1]"),
        "changes": ({"radius": 0.5},),
        "answers": ("7",),
    }
    return ExamplesFigure(**{**facts, **overrides})


def make_pixel_examples(kind: str, *, share: float = 0.98) -> ExamplesFigure:
    """A grey image that is attacked pixel by pixel, for a kind of region that is no ball."""
    from engine.explain.image_examples import ImagePresenter, PixelAttack

    grey = np.full((1, 8, 8), 0.5, dtype=np.float32)
    region = make_region_run(kind, share=share).region
    found = PixelAttack(grey, np.ones_like(grey), np.arange(64), "greedy")
    attack = Attack(found.how, found.change, ImagePresenter(grey, "plain").show)
    original = Example.clean((ImageMedium.of(grey),), "7")
    facts = {"region": region, "attack": attack, "changes": region.changes() if region else ()}
    return make_image_examples(original=original, answers=(), **facts)


def make_graph_examples(**overrides: Any) -> ExamplesFigure:
    """A node with three others around it, three noisy samples and an attack."""
    from engine.explain.graph_examples import FlipAttack, GraphPresenter

    nodes = tuple(
        GraphNode(number=n, name=f"node {n}", hops=min(i, 2), label=i % 2, x=x, y=y)
        for i, (n, x, y) in enumerate([(12, 0, 0), (3, 0.5, 0), (7, 0, 1), (8, -1, 0)])
    )
    around = NeighbourhoodFigure(
        nodes=nodes,
        edges=((0, 1), (1, 2), (1, 3)),
        class_names=("Mr. Hi", "Officer"),
        features=5,
    )
    features = np.zeros((4, 5), dtype=np.float32)
    features[1, 2] = features[2, 0] = 1.0
    found = FlipAttack(
        features,
        rows=np.array([1, 0, 1, 2]),
        columns=np.array([0, 1, 2, 0]),
        gains=np.array([4, 3, 2, 1], dtype=np.float32),
    )
    region = CellMap(
        row_term="additions",
        column_term="deletions",
        layer_term="entities",
        layers=(((0.0, 0.0), (0.0,)), ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0))),
        things="nodes",
    )
    touches = (NodeTouch(position=1, added=1, removed=2), NodeTouch(position=3))
    noisy = (GraphMedium(around=around, touches=touches, touch="noised"),)
    presenter = GraphPresenter(around, features, "plain")
    facts: dict[str, Any] = {
        "noise_in_words": "flips, 0 to 1 with 0.05 (and so on)",
        "original": Example.clean(presenter.show((features,)), "Mr. Hi"),
        "samples": tuple(
            Example.noisy(i, noisy, answer)
            for i, answer in enumerate(("Mr. Hi", "Mr. Hi", "Officer"), start=1)
        ),
        "attack": Attack("greedy", found.change, presenter.attacked),
        "region": region,
        "changes": region.changes(),
        "answers": ("Mr. Hi", "Mr. Hi", "Officer"),
    }
    return ExamplesFigure(**{**facts, **overrides})


def make_text_examples(*, imaged: bool = False, **overrides: Any) -> ExamplesFigure:
    """Four words, three noisy samples and an attack; with a grey image if asked."""
    from engine.explain.substitutions import Substitutions

    grey = np.full((3, 6, 6), 0.5, dtype=np.float32)
    names = ("wash", "the", "cup", "now", "house", "burn")
    tokens = np.arange(4)

    def show(arrays: tuple[np.ndarray, ...]) -> tuple[Medium, ...]:
        marks = tuple(
            "replaced" if new != old else "" for new, old in zip(arrays[-1], tokens, strict=True)
        )
        words = WordsMedium(words=tuple(names[i] for i in arrays[-1]), marks=marks)
        return (*(ImageMedium.of(one) for one in arrays[:-1]), words)

    arrays = (grey, tokens) if imaged else (tokens,)
    direction = np.ones_like(grey) / np.sqrt(grey.size) if imaged else None
    found = Substitutions(arrays, ((2, 4), (0, 5)), direction)
    marks: list[tuple[WordMark, ...]] = [("", "masked", "", ""), ("replaced",) * 4, ("",) * 4]
    noisy = [(*show(arrays)[:-1], WordsMedium(words=names[:4], marks=one)) for one in marks]
    count = Count(term="words", most=2, unit="words", manner="to other words")
    stairs = Staircase(
        count_term="words", first=0, strength_term="epsilon", reach=(0.5, 0.4), norm="l2",
        unit="pixels in [0,1]", things="words",
    )  # fmt: skip
    region = stairs if imaged else count
    facts: dict[str, Any] = {
        "noise_in_words": "each word masked with probability 0.8",
        "original": Example.clean(show(arrays), "safe"),
        "samples": tuple(map(Example.noisy, (1, 2, 3), noisy, ("safe",) * 3)),
        "attack": Attack("greedy: the words with the largest effect first", found.change, show),
        "region": region,
        "changes": region.changes(),
        "answers": ("safe", "unsafe"),
    }
    return ExamplesFigure(**{**facts, **overrides})


COLUMNS = (
    Column("hours", mean=3000.0, scale=1000.0),
    Column("oil", ("clear", "dark")),
    Column("sound", ("quiet", "rattle", "whistle")),
    Column("pressure", mean=5.0, scale=0.5),
)


def make_row_examples(**overrides: Any) -> ExamplesFigure:
    """Two numbers and two fields, three noisy samples and an attack."""
    from engine.explain.substitutions import Substitutions

    clean = (np.array([1.0, 0.0]), np.array([1, 0]))

    def show(arrays: tuple[np.ndarray, ...]) -> tuple[Medium, ...]:
        row, before = ((one.tolist(), two.tolist()) for one, two in (arrays, clean))
        return (CellsMedium.of(COLUMNS, row, before),)

    noisy = [((1.5, -0.2), (1, 2)), ((0.0, 0.1), (1, 0)), ((1.0, 0.0), (1, 0))]
    media = [show((np.array(numbers), np.array(codes))) for numbers, codes in noisy]
    stairs = Staircase(
        count_term="words", first=0, strength_term="epsilon", reach=(1.0, 0.5), norm="l2",
        unit="standard deviations of their columns", things="fields",
    )  # fmt: skip
    found = Substitutions(clean, ((1, 1), (0, 0)), np.array([-0.6, 0.8]))
    facts: dict[str, Any] = {
        "noise_in_words": "Gaussian, sigma 0.5 (standard deviations); each field replaced",
        "original": Example.clean(show(clean), "worn"),
        "samples": tuple(map(Example.noisy, (1, 2, 3), media, ("worn", "sound", "worn"))),
        "attack": Attack("greedy: the fields with the largest effect first", found.change, show),
        "region": stairs,
        "changes": stairs.changes(),
        "answers": ("worn", "sound"),
    }
    return ExamplesFigure(**{**facts, **overrides})


def make_illustrations() -> Illustrations:
    """Both images."""
    return Illustrations(region=make_slice_figure(), examples=make_image_examples())


def make_counted(
    *, estimation: Sequence[int] = (0, 0, 20, 0, 0, 0, 0, 235, 0, 0), **overrides: Any
) -> Evidence:
    """Evidence of a run that counts all 255 samples of an enumerated noise law, twice."""
    settings = ExactSettings.model_validate({"scheme": {"key": "dssn-l1", "lam": 0.5}})
    votes = Votes.from_sequence(estimation)
    bounds = bound_method("enumeration").at(votes, top=7, alpha=0.001, n_plan=settings.n)
    region = settings.scheme.region(bounds) if bounds.valid else None
    facts: dict[str, Any] = {
        "settings": settings,
        "observations": Exact(selection=votes.counts, estimation=votes.counts, guess=7),
        "complete": votes.n == settings.n,
        "bounds": bounds,
        "noise": make_noise().model_copy(update={"arithmetic": "exact integers"}),
        "trajectory": make_trajectory(
            votes, 7, bound="enumeration", alpha=0.001, n_plan=settings.n
        ),
        **_outcome(region, "7", 7, bounds),
    }
    return make_evidence(selection=estimation, estimation=estimation, **{**facts, **overrides})
