"""A worker opens what it was told of and nothing else, and says how far it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import __version__
from engine.cluster.crew import Counted, Done, Failed, Setup, Task
from engine.cluster.run_elsewhere import RunElsewhere
from engine.cluster.worker import Worker
from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.evidence.settings import CertifySettings, Execution
from engine.inputs import load_input
from engine.models import fitted, load_model
from engine.models.request import ModelRequest
from engine.procedures.certify import certify

REQUEST = ModelRequest("demo:digits-0.25")
MODEL = load_model(REQUEST)
SETTINGS = CertifySettings(n0=30, n=600, seed=1)
SETUP = Setup(REQUEST, MODEL.identity.sha256, str(Path.cwd()), __version__)


def task(spec: str = "digits:0", settings: CertifySettings = SETTINGS) -> Task:
    run = RunElsewhere(7, spec)
    given = fitted(MODEL, load_input("digits:0"))
    run.open(
        lambda spec, given, begin: begin(
            MODEL, given, settings, execution=Execution(batch=50, device="cpu"), at=["radius=0.1"]
        ),
        given,
    )
    assert run.task is not None
    return run.task


def test_a_worker_refuses_what_is_not_the_drivers() -> None:
    for change, sentence in (
        ({"version": "0.0.1"}, f"Certiscope is {__version__}, and 0.0.1 where the command was"),
        ({"model_sha256": "0" * 64}, "The model demo:digits-0.25 is another file: its sha256 is"),
        ({"request": ModelRequest("models/none.pt")}, "models/none.pt"),
    ):
        with pytest.raises(UserError, match=r"^On [^ ]+: ") as refused:
            Worker(SETUP._replace(**change)).open()
        assert sentence in str(refused.value)
    worker = Worker(SETUP, clock=lambda: 0.0)
    assert worker.open().node
    report = worker.work([task("digits:356"), task("none/1.png"), task()])
    other, missing, done = report.said
    assert isinstance(other, Failed) and "The input digits:356 is another one" in other.reason
    assert isinstance(missing, Failed) and "none/1.png" in missing.reason
    assert missing.reason.startswith("On ") and isinstance(done, Done)
    assert done.evidence.certified_at == {"radius=0.1": True} and done.place == 7


def test_a_worker_comes_back_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time with the new blocks, and the last of those before, which may have grown."""
    monkeypatch.setattr("engine.sampling.sampler.SNAPSHOT_SECONDS", 0.0)
    ticks = iter(range(10**6))
    worker = Worker(SETUP, clock=lambda: 0.3 * next(ticks))
    worker.open()
    reports = [worker.work([task()])]
    while not isinstance(reports[-1].said[-1], Done):
        reports.append(worker.work([]))
    parts = [said for report in reports for said in report.said if isinstance(said, Counted)]
    assert len(parts) > 3
    blocks: list[object] = []
    for part in parts:
        assert part.first == max(0, len(blocks) - 1) and not part.snapshot.trajectory
        blocks = [*blocks[: part.first], *part.snapshot.blocks]
    last = reports[-1].said[-1]
    assert isinstance(last, Done) and last.evidence.chain is not None
    assert blocks == list(last.evidence.chain.blocks[: len(blocks)]) and len(blocks) > 5
    assert worker.work([]).said == ()


def test_inputs_of_a_worker_share_batches_and_are_counted_as_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engine.sampling.pack.SNAPSHOT_SECONDS", 0.0)
    ticks = iter(range(10**6))
    worker = Worker(SETUP, clock=lambda: 0.1 * next(ticks))
    worker.open()
    specs = ("digits:0", "digits:356", "digits:679")
    tasks = [task(spec)._replace(place=place) for place, spec in enumerate(specs)]
    for place, spec in enumerate(specs):
        pixels = fitted(MODEL, load_input(spec)).identity.pixels_sha256
        tasks[place] = tasks[place]._replace(pixels_sha256=pixels)
    reports = [worker.work(tasks)]
    together = False
    while len([said for report in reports for said in report.said if isinstance(said, Done)]) < 3:
        reports.append(worker.work([]))
        assert len(reports) < 500
        so_far = [said for said in reports[-1].said if isinstance(said, Counted)]
        together = together or len(so_far) > 1
    assert together
    done = [said for report in reports for said in report.said if isinstance(said, Done)]
    for said in done:
        given = fitted(MODEL, load_input(specs[said.place]))
        execution = Execution(batch=50, device="cpu")
        alone = result_of(certify(MODEL, given, SETTINGS, execution=execution))
        assert said.evidence.observations == alone.observations
        assert said.evidence.chain == alone.chain
