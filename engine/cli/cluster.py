"""``--cluster``: the inputs of a set are counted by workers on Ray."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import __version__
from engine.cli.flags import RUN, flag
from engine.cli.output import say
from engine.core.errors import UserError

if TYPE_CHECKING:
    from threading import Event

    from engine.cluster.run_elsewhere import Begin, Procedure
    from engine.evidence.evidence import Evidence
    from engine.evidence.settings import Counting, Execution
    from engine.evidence.snapshot import Snapshot
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier
    from engine.models.request import ModelRequest
    from engine.procedures.set_result import SetResult
    from engine.system.progress import Meter


def cluster_flags() -> list[inspect.Parameter]:
    """Who counts."""
    return [
        flag(
            "cluster",
            "Count with workers on Ray: 'local' starts them on this machine, an address "
            "(HOST:PORT, or auto) joins the cluster that this machine is part of. Rows are the "
            "same.",
            RUN,
            metavar="local|ADDRESS",
        ),
        flag(
            "workers",
            "With --cluster: how many; by default one per GPU or, without any, per processor.",
            RUN,
            int | None,
            metavar="N",
        ),
    ]


def check_cluster(values: Mapping[str, Any]) -> None:
    """Refuse what cannot be, before anything slow begins.

    Raises:
        UserError: Ray is missing; no workers; workers without a cluster.
    """
    workers: int | None = values["workers"]
    if workers is not None and not values["cluster"]:
        raise UserError("--workers is for --cluster; give --cluster local for this machine.")
    if workers is not None and workers < 1:
        raise UserError(f"--workers must be 1 or more (it was {workers}).")
    if values["cluster"]:
        from engine.cluster import check_installed

        check_installed()


def certifier(
    values: Mapping[str, Any], request: ModelRequest, meter: Meter
) -> Callable[..., Generator[Snapshot, None, SetResult]]:
    """What counts a set: ``certify_set`` or, with the same arguments, the workers of a cluster.

    Args:
        values: of the flags.
        request: how each worker opens the model.
        meter: shows how many workers there are.
    """
    from engine.procedures.dataset import certify_set

    if not values["cluster"]:
        return certify_set
    return partial(_on_cluster, values["cluster"], values["workers"], request, meter)


def _on_cluster(
    address: str,
    workers: int | None,
    request: ModelRequest,
    meter: Meter,
    classifier: Classifier,
    inputs: Sequence[str],
    settings: Counting,
    *,
    execution: Execution,
    at: Sequence[str],
    stop: Event,
    command: Callable[[str], str],
    count: Callable[..., Procedure] | None,
    done: Callable[[str, Evidence], None],
    available: int,
    ahead: object = None,
) -> Generator[Snapshot, None, SetResult]:
    del ahead  # each run is begun when a worker is free
    from engine.cluster.crew import Setup
    from engine.cluster.driver import Told, certify_set_with
    from engine.cluster.ray_crew import ray_crew

    def counted(spec: str, given: FittedInput, begin: Begin) -> Procedure:
        if count is not None:
            return count(spec, given, begin=begin)
        said = command(spec)
        return begin(classifier, given, settings, execution=execution, at=at, command=said)

    def staff(ready: int) -> None:
        meter.begin(f"certifying on {ready:,} workers")

    setup = Setup(request, classifier.identity.sha256, str(Path.cwd()), __version__)
    hired = ray_crew(address, setup, workers=workers, device=execution.device)
    with hired as (crew, size):
        counting = certify_set_with(
            crew,
            size,
            classifier,
            inputs,
            settings,
            count=counted,
            at=at,
            stop=stop,
            told=Told(done=done, staff=staff, warn=say),
            available=available,
        )
        return (yield from counting)
