"""Train by several methods over sigmas and seeds, audit all alike: the table of a lab."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.core.files import sha256_file, write_atomically
from engine.evidence.settings import CertifySettings, Execution, seeded
from engine.inputs import load_input, spread
from engine.models import ModelRequest, fitted, load_model
from engine.procedures.dataset import certify_set
from engine.procedures.set_result import SetResult
from engine.schemes import Gaussian
from engine.training.data import DataSet
from engine.training.lab_records import LabRun, LabTable
from engine.training.making import Order, making, remarks
from engine.training.methods import METHODS, Method, method_class
from engine.training.progress import Progress
from engine.training.recipe import Recipe

N0, N, ALPHA = 100, 2_000, 0.001
DIGITS: Mapping[str, Any] = {
    "epochs": 40,
    "batch": 64,
    "check_every": 40,
    "draws": 20,
    "kept": "last",
}
"""What all networks of the shipped table have in common: a short training, the same for all."""
SEED = 0
"""Of the noise of every audit: all networks are shown the same samples."""
_DIGITS = 4
"""Decimals of a radius that is kept."""


@dataclass(frozen=True)
class LabPlan:
    """What is trained and how it is audited.

    Attributes:
        data: the images; ``arch`` the network.
        methods: by key; with which settings says :func:`settings_of`.
        recipe: what all trainings have in common, fields of :class:`Recipe`.
        inputs: held-out images of an audit, spread evenly over them.
        n: votes of each, Clopper-Pearson.
        command: that makes the table.
        start: the model whose weights all start from, ``demo:NAME`` or a file; empty for random
            ones.
    """

    data: DataSet
    arch: str
    methods: tuple[str, ...] = tuple(method.key for method in METHODS)
    sigmas: tuple[float, ...] = (0.25, 0.5)
    seeds: tuple[int, ...] = (0, 1, 2)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    inputs: int = 200
    n: int = N
    device: str = "cpu"
    command: str = ""
    start: str = ""

    def orders(self) -> list[Order]:
        """One for each network, seed after seed, so that a part of the table is a whole one."""
        return [
            self._order(key, sigma, seed)
            for seed in self.seeds
            for sigma in self.sigmas
            for key in self.methods
        ]

    def _order(self, key: str, sigma: float, seed: int) -> Order:
        method = settings_of(key, sigma, self.data.name)
        scheme = Gaussian(sigma=sigma)
        recipe = checked(Recipe, scheme=scheme, method=method, seed=seed, **self.recipe)
        return Order(
            data=self.data,
            arch=self.arch,
            recipe=recipe,
            name=f"{self.data.name}-{key}-{sigma:.2f}-{seed}",
            certified=0,
            device=self.device,
            command=self.command,
            start=self.start,
        )

    def settings(self, sigma: float) -> CertifySettings:
        """Of the audits of one sigma."""
        return seeded(
            checked(
                CertifySettings,
                scheme=Gaussian(sigma=sigma),
                n0=N0,
                n=self.n,
                alpha=ALPHA,
                bound="clopper-pearson",
                seed=SEED,
            )
        )


_BySigma = Mapping[float, Mapping[str, Any]]
_ON_DIGITS: Mapping[str, _BySigma] = {
    "consistency": {0.25: {"weight": 5.0}, 0.5: {"weight": 2.0}},
    "smoothadv": {0.25: {"epsilon": 0.25}, 0.5: {"epsilon": 0.25}},
    "macer": {0.25: {"weight": 0.5, "m": 4}, 0.5: {"weight": 0.5, "m": 4}},
    "smoothmix": {
        0.25: {"step_length": 0.25, "steps": 2},
        0.5: {"step_length": 0.5, "steps": 2},
    },
}
"""Chosen on validation digits with a seed that is not in the table: images of 64 pixels take
shorter attacks and smaller weights than those of CIFAR-10."""
_PAPERS: Mapping[str, _BySigma] = {
    "consistency": {0.25: {"weight": 20.0}},
    "smoothmix": {0.25: {"step_length": 0.5}, 0.5: {"step_length": 1.0}, 1.0: {"step_length": 2.0}},
}
"""Where the papers' settings for CIFAR-10 depend on sigma."""


def settings_of(key: str, sigma: float, data: str) -> Method:
    """A method as the table trains it: on digits by settings of their own, else by the papers'."""
    chosen = (_ON_DIGITS if data == "digits" else _PAPERS).get(key, {})
    return method_class(key)(**chosen.get(sigma, {}))


@dataclass(frozen=True)
class LabProgress:
    """How far a table is.

    Attributes:
        done, total: networks.
        name: of the network at hand; empty when there is none.
        training: how far its training is; None while it is audited.
        audited, inputs: images of its audit.
        table: what is known so far.
    """

    done: int
    total: int
    table: LabTable
    name: str = ""
    training: Progress | None = None
    audited: int = 0
    inputs: int = 0


def lab_table(
    plan: LabPlan, folder: Path, *, stop: threading.Event | None = None
) -> Generator[LabProgress, None, LabTable]:
    """Train and audit what is not in the folder yet; stopped or killed, the same call resumes.

    Every network is a file of weights with its cards, and its audit ``NAME.audit.json`` as
    ``certiscope audit --json`` writes it.

    Raises:
        UserError: the folder holds networks of other settings, or what training and audit raise.
    """
    orders, runs = plan.orders(), list[LabRun]()
    total = len(orders)
    for order in orders:
        if stop is not None and stop.is_set():
            break
        run = _known(plan, order, folder)
        if run is None:
            run = yield from _made(plan, order, folder, stop, tuple(runs), total)
        if run is None:
            break
        runs.append(run)
        yield LabProgress(done=len(runs), total=total, table=table_of(plan, runs))
    return table_of(plan, runs)


def table_of(plan: LabPlan, runs: list[LabRun] | tuple[LabRun, ...]) -> LabTable:
    """The table of some networks of a plan."""
    common = Recipe(scheme=Gaussian(), **plan.recipe)
    return LabTable(
        data=f"{plan.data.facts['data']}; {len(plan.data.train[1]):,} images train",
        architecture=plan.arch,
        training=(
            f"{common.epochs} epoch{'s' * (common.epochs != 1)} in batches of {common.batch}, "
            f"{common.optimizer}, learning rate {common.learning_rate:g} falling along a cosine, "
            f"{common.precision}; the {'last' if common.kept == 'last' else 'best'} epoch is kept"
            f"{f', all from the weights of {Path(plan.start).name}' if plan.start else ''}"
        ),
        n0=N0,
        n=plan.n,
        alpha=ALPHA,
        bound="clopper-pearson",
        planned=len(plan.methods) * len(plan.sigmas) * len(plan.seeds),
        command=plan.command,
        runs=tuple(runs),
    )


def _made(
    plan: LabPlan,
    order: Order,
    folder: Path,
    stop: threading.Event | None,
    runs: tuple[LabRun, ...],
    total: int,
) -> Generator[LabProgress, None, LabRun | None]:
    """A network that is trained, unless it is there, and audited; None if it was stopped."""
    now = LabProgress(done=len(runs), total=total, table=table_of(plan, runs), name=order.name)
    path = folder / f"{order.name}.safetensors"
    if not path.exists():
        work = making(order, folder, stop=stop)
        while True:
            try:
                yield _with(now, training=next(work))
            except StopIteration as end:
                if end.value is None:
                    return None
                break
    found = yield from _audit(plan, order, path, stop, now)
    if found is None:
        return None
    write_atomically(_audit_path(path), found.model_dump_json().encode())
    return _run(order, found)


def _audit(
    plan: LabPlan, order: Order, path: Path, stop: threading.Event | None, now: LabProgress
) -> Generator[LabProgress, None, SetResult | None]:
    classifier = load_model(ModelRequest(str(path)))
    specs = _inputs(plan)
    counted = list[str]()
    auditing = certify_set(
        classifier,
        specs,
        plan.settings(_sigma(order)),
        execution=Execution(device=plan.device),
        read=lambda spec: fitted(classifier, load_input(spec)),
        done=lambda spec, evidence: counted.append(spec),
        stop=stop,
    )
    while True:
        try:
            next(auditing)
        except StopIteration as end:
            found: SetResult = end.value
            return found if found.complete else None
        yield _with(now, audited=len(counted), inputs=len(specs))


def _with(now: LabProgress, **facts: Any) -> LabProgress:
    return LabProgress(done=now.done, total=now.total, table=now.table, name=now.name, **facts)


def _inputs(plan: LabPlan) -> list[str]:
    return list(spread(list(plan.data.specs), plan.inputs))


def _sigma(order: Order) -> float:
    scheme = order.recipe.scheme
    if not isinstance(scheme, Gaussian):
        raise TypeError("a table compares networks under Gaussian noise")
    return scheme.sigma


def _audit_path(path: Path) -> Path:
    return path.with_suffix(".audit.json")


def _known(plan: LabPlan, order: Order, folder: Path) -> LabRun | None:
    """The run of a network that lies in the folder with its audit.

    Raises:
        UserError: it was trained or audited otherwise.
    """
    path = folder / f"{order.name}.safetensors"
    if not path.exists():
        return None
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not _made_so(card, order):
        raise UserError(
            f"{path} was trained with other settings than this table's; give another --folder, or "
            "the same settings as before."
        )
    try:
        audit = SetResult.model_validate_json(_audit_path(path).read_bytes())
    except (OSError, ValueError):
        return None
    settings = plan.settings(_sigma(order))
    same = audit.settings == settings and list(audit.inputs) == _inputs(plan)
    if not same or audit.model.sha256 != sha256_file(path):
        return None
    return _run(order, audit)


def _made_so(card: Any, order: Order) -> bool:
    """Whether a card says of its network all that the table says of it."""
    if not isinstance(card, dict):
        return False
    stated = (card.get("recipe"), card.get("architecture"), card.get("remarks") or {})
    return stated == (order.recipe.model_dump(), order.arch, remarks(order))


def _run(order: Order, audit: SetResult) -> LabRun:
    right = [
        row.radius or 0.0
        for row in audit.rows
        if row.region is not None and row.predicted_class == row.label
    ]
    scale = 10**_DIGITS
    return LabRun(
        method=order.recipe.method,
        sigma=_sigma(order),
        seed=order.recipe.seed,
        sha256=audit.model.sha256,
        inputs=len(audit.rows),
        radii=tuple(sorted(math.floor(radius * scale) / scale for radius in right)),
        abstained=sum(row.outcome == "abstained" for row in audit.rows),
    )
