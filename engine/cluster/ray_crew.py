"""A crew on Ray: an actor for every worker. Nothing else in the program imports Ray."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from math import ceil, floor
from pathlib import Path
from typing import Any, NamedTuple

from engine.cluster import check_installed
from engine.cluster.crew import Event, Ready, Setup, Task
from engine.cluster.worker import Worker
from engine.core.errors import UserError, quoted

LOCAL = "local"
"""The address of a Ray of our own, on this machine, that ends with the command."""
STORE_BYTES = 96 << 20
"""Shared memory of our own Ray: votes and evidence are small."""
_LONGEST = 36
"""Characters of a temporary folder in which Ray's sockets still have names of legal length."""
_TOKEN = secrets.token_hex(32)
"""Without it nobody else on this machine gives our own Ray code to run; it ends with the process.
"""
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0"}


class Share(NamedTuple):
    """What each of some workers takes of a cluster.

    Attributes:
        workers: how many there are.
        cpus, gpus: that Ray sets aside for each; a fraction where several share one.
        threads: of torch.
    """

    workers: int
    cpus: float
    gpus: float
    threads: int

    @classmethod
    def of(cls, resources: Mapping[str, float], workers: int | None, device: str) -> Share:
        """One worker per GPU or, without one, per processor; or as many as asked for.

        Args:
            resources: of the cluster, as Ray counts them.
            workers: asked for; None for the usual number.
            device: asked for; ``cpu`` leaves GPUs alone.

        Raises:
            UserError: a device by its number, which Ray shares out; no GPU where one is asked for.
        """
        if ":" in device:
            raise UserError(
                f"--device {device} names one device, and a cluster shares them out: give "
                "--device cuda, cpu or auto."
            )
        cpus, gpus = resources.get("CPU", 1.0), resources.get("GPU", 0.0)
        if device == "cuda" and gpus < 1:
            raise UserError("--device cuda, but the cluster has no GPU; give --device cpu.")
        on_gpus = gpus >= 1 and device in ("auto", "cuda")
        size = workers or max(1, int(gpus if on_gpus else cpus))
        each = 1.0 if size <= cpus else floor(1e4 * cpus / size) / 1e4
        return cls(
            workers=size,
            cpus=each,
            gpus=1.0 / ceil(size / gpus) if on_gpus else 0.0,
            threads=max(1, int(cpus // size)),
        )


class RayCrew:
    """Actors on a Ray cluster.

    What travels are the records of ``crew.py`` alone, from this program to itself: a model or an
    input is named, opened by each worker from its file, and never pickled.

    Args:
        ray: the module, connected.
        setup: what every worker is told.
        share: of the cluster.
    """

    def __init__(self, ray: Any, setup: Setup, share: Share) -> None:
        self._ray, self._setup = ray, setup._replace(threads=share.threads)
        self._kind = ray.remote(Worker).options(
            num_cpus=share.cpus,
            num_gpus=share.gpus,
            max_restarts=0,
            max_task_retries=0,
            scheduling_strategy="SPREAD",
        )
        self._numbers = count(1)
        self._actors: dict[int, Any] = {}
        self._calls: dict[Any, int] = {}
        self._nodes: dict[int, str] = {}

    def hire(self) -> int:
        """As ``Crew``."""
        worker = next(self._numbers)
        self._actors[worker] = self._kind.remote(self._setup)
        self._calls[self._actors[worker].open.remote()] = worker
        return worker

    def give(self, worker: int, tasks: Sequence[Task]) -> None:
        """As ``Crew``."""
        self._calls[self._actors[worker].work.remote(tuple(tasks))] = worker

    def wait(self, seconds: float) -> list[Event]:
        """As ``Crew``."""
        calls = list(self._calls)
        if not calls:
            time.sleep(seconds)
            return []
        first, _ = self._ray.wait(calls, timeout=seconds)
        if not first:
            return []
        ready, _ = self._ray.wait(calls, num_returns=len(calls), timeout=0)
        there = {*first, *ready}
        found = []
        for call in calls:  # in the order in which they were made
            if call in there and call in self._calls:
                found.append(self._event(self._calls.pop(call), call))
        return found

    def dismiss(self, worker: int) -> None:
        """As ``Crew``."""
        self._calls = {call: other for call, other in self._calls.items() if other != worker}
        self._ray.kill(self._actors.pop(worker))

    def close(self) -> None:
        """End all workers."""
        for worker in list(self._actors):
            self.dismiss(worker)

    def _event(self, worker: int, call: Any) -> Event:
        errors = self._ray.exceptions
        try:
            said = self._ray.get(call)
        except errors.RayTaskError as error:
            if not isinstance(error.cause, UserError):
                raise
            self.dismiss(worker)
            return Event(worker, why=str(error.cause), refused=True)
        except errors.RayError as error:
            self.dismiss(worker)
            return Event(worker, why=self._why(worker, error))
        if isinstance(said, Ready):
            self._nodes[worker] = said.node
        return Event(worker, said)

    def _why(self, worker: int, error: Exception) -> str:
        """A worker's end in a sentence; Ray writes a page, of which a line may help."""
        node, text = self._nodes.get(worker), str(error)
        where = f"on {node}" if node else "that had not opened the model yet"
        told = [line.strip() for line in text.splitlines() if "Error: " in line]
        if isinstance(error, self._ray.exceptions.OutOfMemoryError) or "low on memory" in text:
            how = "because the memory of its machine was used up"
        elif told:  # it could not begin: Certiscope or a package is missing there
            how = f"({quoted(told[-1], 160)})"
        else:
            how = "without a word: it was killed, crashed, or its machine is gone"
        return f"A worker {where} ended {how}."


@contextmanager
def ray_crew(
    address: str, setup: Setup, *, workers: int | None, device: str
) -> Iterator[tuple[RayCrew, int]]:
    """A crew, and how many workers it is to have; with a Ray of our own, nothing is left of it.

    Args:
        address: ``local``, or that of a Ray cluster which this machine is part of.
        setup: what every worker is told.
        workers: how many; None for one per GPU or, without any, per processor.
        device: as in ``Execution``.

    Raises:
        UserError: Ray is not installed, no cluster answers, or it lacks what is asked for.
    """
    check_installed()
    told = _QUIET
    if address == LOCAL:
        told = {**_QUIET, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": _TOKEN}
    os.environ.update(told)
    import ray  # which reads them now

    _silence(ray)
    with _own_ray(ray) if address == LOCAL else _joined(ray, address):
        share = Share.of(ray.cluster_resources(), workers, device)
        crew = RayCrew(ray, setup, share)
        try:
            yield crew, share.workers
        finally:
            crew.close()


def _silence(ray: Any) -> None:
    """Keep Ray's remarks on dead workers off standard output, where a command's JSON goes.

    There is no setting for that; a Ray that has no such function prints as it likes.
    """
    if hasattr(ray._private.worker, "listen_error_messages"):
        ray._private.worker.listen_error_messages = lambda worker, stopped: None


@contextmanager
def _own_ray(ray: Any) -> Iterator[None]:
    """A private Ray: of this user alone, on the loopback, in a folder that goes with it."""
    base = Path(tempfile.gettempdir())
    if len(str(base)) > _LONGEST and Path("/tmp").is_dir():
        base = Path("/tmp")
    folder = tempfile.mkdtemp(prefix="cs-", dir=base)
    try:
        with _connected(
            ray,
            "Ray could not be started on this machine",
            address=LOCAL,
            include_dashboard=False,
            object_store_memory=STORE_BYTES,
            _temp_dir=folder,
            _node_ip_address="127.0.0.1",
        ):
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _joined(ray: Any, address: str) -> Iterator[None]:
    with _connected(ray, f"No Ray cluster answers at {address}", address=address):
        yield


@contextmanager
def _connected(ray: Any, failure: str, **how: Any) -> Iterator[None]:
    """Connected to Ray, which takes the signals for itself and gets none of them."""
    main = threading.current_thread() is threading.main_thread()
    numbers = (signal.SIGINT, signal.SIGTERM) if main else ()
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        ray.init(log_to_driver=False, configure_logging=False, **how)
    except Exception as error:  # Ray has a dozen kinds, none of them its own
        raise UserError(f"{failure} ({quoted(error, 160) or type(error).__name__}).") from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    try:
        yield
    finally:
        ray.shutdown()
