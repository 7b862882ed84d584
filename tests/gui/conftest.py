"""A window without a screen, settings of its own, a light engine, and no thread left behind."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication, QWidget

from engine.bounds import bound_method
from engine.case.merging import adopt
from engine.core.errors import TrustRequired, UserError
from engine.core.records import Fitting, InputIdentity, ModelIdentity, Software, Timing, Votes
from engine.evidence.attack import AttackRecord
from engine.evidence.evidence import (
    ChainRecord,
    Evidence,
    NoiseRecord,
    TrajectoryPoint,
)
from engine.evidence.observations import ClassVotes
from engine.evidence.settings import CertifySettings, Execution, PredictSettings, seeded
from engine.evidence.snapshot import Snapshot
from engine.evidence.vote_chain import Block
from engine.figures.examples import Attack, ExamplesFigure
from engine.figures.examples import Example as Shown
from engine.figures.images import SliceFigure
from engine.figures.media import ImageMedium
from engine.inputs import fit
from engine.inputs.base import FittedInput, ImageInput
from engine.models.normalize import Measured
from engine.models.request import ModelRequest
from engine.procedures.normalizations import Comparison
from engine.procedures.set_result import Unread, set_result
from engine.procedures.set_standing import SetStanding
from engine.regions import Abstention, Ball
from gui.controllers.preferences import Preferences
from gui.controllers.session import Session
from gui.jobs import worker as worker_module
from gui.jobs.audit_jobs import AuditView
from gui.jobs.engine_jobs import EngineJobs, Subject
from gui.jobs.shipped import Example, Offer
from gui.jobs.sketches import AxesChoice
from gui.style import theme as themes
from gui.style.stylesheet import Rooms, apply_theme
from gui.widgets.file_dialogs import FileAsker

if TYPE_CHECKING:
    from gui.shell.window import Window

NAMES = tuple("0123456789")
BATCH = 500
MOST_GARBAGE = 200_000
"""Objects made since the last collection."""


def model_identity(name: str = "digits-cnn", **changes: object) -> ModelIdentity:
    """A model of digits."""
    facts = {
        "name": name,
        "source": f"demo:{name}",
        "format": "safetensors",
        "sha256": "ab" * 32,
        "architecture": "digits_cnn",
        "parameters": 12_345,
        "class_names": NAMES,
        "input_shape": (1, 8, 8),
        "training_sigma": 0.25,
    }
    return ModelIdentity(**{**facts, **changes})


def image_input(spec: str, label: int = 7) -> ImageInput:
    """An image of a gradient."""
    pixels = np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 8, 8)
    name = spec.rsplit("/", 1)[-1]
    return ImageInput(name, spec, "cd" * 32, pixels, label=label, label_name=str(label))


def fitted_input(image: ImageInput) -> FittedInput:
    """The same, fitted."""
    identity = InputIdentity(
        fitting=Fitting(),
        name=image.name,
        source=image.source,
        sha256=image.sha256,
        pixels_sha256="ef" * 32,
        shape=(1, 8, 8),
        label=image.label,
        label_name=image.label_name,
    )
    return FittedInput.image(identity, image.pixels)


def make_snapshot(settings: CertifySettings, n: int, *, share: float = 0.98) -> Snapshot:
    """A run that stands at n votes."""
    counts = [0] * len(NAMES)
    counts[7], counts[1] = round(n * share), n - round(n * share)
    votes = Votes(counts=tuple(counts))
    bounds = bound_method(settings.bound).at(votes, top=7, alpha=settings.alpha, n_plan=settings.n)
    point = TrajectoryPoint(
        n=n, k=counts[7], p_lower=bounds.p_lower, p_upper=bounds.p_upper, valid=bounds.valid
    )
    selection = Votes(counts=(0,) * 7 + (settings.n0, 0, 0))
    return Snapshot(
        run_id="r",
        settings=settings,
        phase="estimation",
        selection=selection,
        estimation=votes,
        top=7,
        bounds=bounds,
        region=settings.scheme.region(bounds) if bounds.valid else None,
        trajectory=(point,),
        n_done=n + settings.n0,
        n0_plan=settings.n0,
        n_plan=settings.n,
        rate=1000.0,
        eta=(settings.n - n) / 1000,
        seconds=n / 1000,
    )


def make_block(votes: Votes) -> Block:
    """All votes as one block; its hash is not that of a real chain."""
    return Block(start=0, n=votes.n, counts=dict(enumerate(votes.counts)), hash="1" * 64)


def make_evidence(
    settings: CertifySettings,
    n: int | None = None,
    *,
    share: float = 0.98,
    source: str = "digits:7",
) -> Evidence:
    """What a run of n votes ends in."""
    n = settings.n if n is None else n
    snapshot = make_snapshot(settings, n, share=share)
    certified = snapshot.region is not None
    return Evidence(
        run_id="r",
        procedure="certify",
        created="2026-01-01T00:00:00+00:00",
        outcome="certified" if certified else "abstained",
        complete=n == settings.n,
        predicted_class=7 if certified else None,
        class_name="7" if certified else None,
        radius=snapshot.region.radius if snapshot.region else None,
        region=snapshot.region,
        abstention=None
        if certified
        else Abstention(reason="too-few-samples", sentence="too few votes.", n_needed=5000),
        statement="With confidence 99.9 %, nothing changes." if certified else "Nothing certified.",
        observations=ClassVotes(
            selection=snapshot.selection.counts, estimation=snapshot.estimation.counts, guess=7
        ),
        bounds=snapshot.bounds,
        trajectory=snapshot.trajectory,
        stop_reason="planned n reached" if n == settings.n else "stopped",
        chain=ChainRecord(
            start="0" * 64, block=BATCH, head="1" * 64, blocks=(make_block(snapshot.estimation),)
        ),
        settings=settings,
        noise=NoiseRecord(
            generator="g", key="0" * 16, key_material="m", selection_stream=0, estimation_stream=1
        ),
        model=model_identity(),
        input=fitted_input(image_input(source)).identity,
        performance=Timing(samples_per_second=1000.0, seconds=1.5, batch=64, device="cpu"),
        software=Software(
            certiscope="0",
            python="3",
            torch="2",
            numpy="2",
            scipy="1",
            platform="x",
            processor="y",
            device_name="z",
        ),
        command="certiscope certify",
    )


def make_slice(settings: CertifySettings, side: int = 5) -> SliceFigure:
    """A plane in which 7 wins everywhere."""
    return SliceFigure(
        extent=1.0,
        base=np.full((side, side), 7, dtype=np.int16),
        smoothed=np.full((3, 3), 7, dtype=np.int16),
        smoothed_votes=16,
        axes=("a random direction", "another"),
        radius=0.4,
        class_names=NAMES,
        center_class=7,
        samples=np.zeros((4, 2), dtype=np.float32),
    )


def make_examples() -> ExamplesFigure:
    """Four grey images, and one changed within a ball."""
    grey = np.full((1, 8, 8), 0.5, dtype=np.float32)
    media = (ImageMedium.of(grey),)
    return ExamplesFigure(
        noise_in_words="Gaussian, sigma 0.25",
        original=Shown.clean(media, "7"),
        samples=tuple(map(Shown.noisy, (1, 2, 3), (media,) * 3, ("7", "7", "1"))),
        attack=Attack("random direction", lambda budget: (grey,), lambda arrays: media),
        region=Ball(norm="l2", radius=0.4, unit="pixels in [0,1]"),
        changes=({"radius": 0.4},),
    )


@dataclass
class FakeClassifier:
    """An identity and a note of being unloaded."""

    identity: ModelIdentity
    unloaded: bool = False
    usual_batch: int = 0

    def unload(self) -> None:
        """Remember it."""
        self.unloaded = True


@dataclass
class FakeEngine(EngineJobs):
    """The engine's answers without an engine; ``pause`` is the time a batch takes."""

    pause: float = 0.002
    share: float = 0.98
    answer: int = 7
    calls: list[str] = field(default_factory=list)
    fail: dict[str, Exception] = field(default_factory=dict)
    threads: set[int] = field(default_factory=set)
    models: dict[str, ModelIdentity] = field(default_factory=dict)
    attack: AttackRecord | None = None

    def _note(self, call: str) -> None:
        self.calls.append(call)
        self.threads.add(threading.get_ident())
        if call in self.fail:
            raise self.fail[call]

    def warm_up(self) -> None:
        self._note("warm_up")

    def offer(self) -> Offer:
        examples = tuple(
            Example(
                f"digits:{k}",
                f"digit {k}",
                image_input(f"digits:{k}").pixels,
                group="Digits",
                models=("demo:digits-0.25",),
            )
            for k in range(4)
        )
        models = (("demo:digits-0.25", "Digits, sigma 0.25"),)
        return Offer(models, ("auto", "none", "imagenet"), examples)

    def architectures(self) -> tuple[str, ...]:
        return ("digits_cnn", "resnet50")

    def compare_normalizations(self, classifier, specs, stop) -> Comparison:
        self._note("compare_normalizations")
        rows = (Measured("imagenet", 0.9), Measured("none", 0.1))
        return Comparison(len(specs), rows)

    def load_model(self, request: ModelRequest) -> FakeClassifier:
        self._note("load_model")
        if request.spec.endswith(".pt2") and not request.trust:
            raise TrustRequired("It can run code.", path=request.spec, sha256="12" * 32)
        known = self.models.get(request.spec)
        return FakeClassifier(known or model_identity(request.spec.removeprefix("demo:")))

    def open_input(self, spec: str, known: list[str]):
        self._note("open_input")
        if spec.startswith("karate"):
            return super().open_input(spec, known)
        if spec in known:
            return known, image_input(spec)
        specs = [f"{spec}/{k}.png" for k in range(3)] if spec.endswith("folder") else [spec]
        return specs, image_input(specs[0])

    def prepare(self, classifier, request, given, settings, device) -> tuple[Subject, int]:
        self._note("prepare")
        if given.kind != classifier.identity.kind:
            raise UserError(f"The model takes no {given.kind}.")
        fitted = fitted_input(given) if given.kind == "image" else fit(given, classifier.identity)
        return Subject(classifier, request, fitted), self.answer

    def seconds_each(self, subject, settings, execution, stop) -> float | None:
        return self.pause / BATCH

    def setting_warnings(self, classifier, settings: CertifySettings) -> tuple[str, ...]:
        trained = classifier.identity.training_sigma
        if trained == settings.law.level:
            return ()
        return (f"The model was trained with sigma {trained:g}.",)

    def count(
        self,
        subject: Subject,
        settings: CertifySettings | PredictSettings,
        execution: Execution,
        stop: threading.Event,
        *,
        before=None,
        case=None,
        **kept,
    ) -> Generator[Snapshot, None, Evidence]:
        self._note("certify" if settings.kind == "certify" else f"predict {settings.test}")
        if settings.kind == "predict":  # its votes are those of any other run
            settings = CertifySettings(n=settings.n)
        settings = seeded(settings)
        n = sum(before.votes.estimation) if before else 0
        while n < settings.n and not stop.is_set():
            time.sleep(self.pause)
            n = min(settings.n, n + BATCH)
            yield make_snapshot(settings, n, share=self.share)
        found = make_evidence(
            settings, max(n, 1), share=self.share, source=subject.fitted.identity.source
        )
        if case is not None and not before:
            adopt(case, found.model_copy(update={"chain": None}), subject.request)
        return found

    def resume(self, case, row, subject, execution, stop, *, warn):
        self._note(f"resume {row.id}")
        return self.count(subject, row.settings, execution, stop)

    def audit(self, classifier, wish, case, stop, *, warn):
        """Four inputs for each source without a dot; one whose name begins with x is no input."""
        self._note("audit")
        specs = [
            spec
            for source in wish.sources
            for spec in ([source] if "." in source else [f"{source}:{k}" for k in range(4)])
        ]
        available, specs = len(specs), specs[: wish.limit or None]
        settings, found, unread = seeded(wish.settings), [], []
        standing = SetStanding(settings, len(specs), wish.at)
        view = AuditView(
            wish.model, wish.request, settings, standing.rows, 0, wish.at, len(specs), available
        )
        for place, spec in enumerate(specs):
            if stop.is_set():
                break
            time.sleep(self.pause)
            if spec.startswith("x"):
                unread.append(Unread(input=spec, reason=f"{spec} is damaged."))
                standing.leave_out(unread[-1])
            else:
                share = self.share - 0.07 * (place % 4)
                one = make_evidence(settings, share=share, source=spec)
                one = one.model_copy(update={"chain": None, "run_id": f"run {place} of {id(view)}"})
                if wish.attack is not None:
                    one = one.model_copy(update={"attack": self.attack})
                adopt(case, one, wish.request, spec)
                standing.add(spec, one)
                found.append((spec, one))
            sums = {"summary": standing.summary(), "figure": standing.figure()}
            yield replace(view, count=len(standing.rows), doing=spec, share=0.5, left=3.0, **sums)
        result = set_result(
            wish.model, specs, settings, found, at=wish.at, unread=unread, available=available
        )
        sums = {"summary": standing.summary(), "figure": standing.figure()}
        return replace(view, count=len(standing.rows), result=result, **sums)

    def sketched(self, subject, procedure, *rest):
        return procedure

    def explore(self, subject, evidence, axes: AxesChoice, stop):
        self._note(f"explore {axes.kind} {axes.towards}".strip())
        for side in (3, 5, 9):
            if stop.is_set():
                break
            yield make_slice(evidence.settings, side)
        return make_slice(evidence.settings, 9)

    def examples(self, subject, evidence) -> ExamplesFigure:
        self._note("examples")
        return make_examples()

    def preview(self, evidence, illustrations) -> list[bytes]:
        self._note("preview")
        return [png_bytes(), png_bytes()]

    def export(self, evidence, illustrations, fmt, path: Path) -> Path:
        self._note(f"export {fmt}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(evidence.model_dump_json())
        return path

    def examine(self) -> str:
        return "ok    python 3"


def png_bytes() -> bytes:
    """A small white PNG, drawn by hand."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    rows = zlib.compress(b"\x00\xff\xff\xff\xff" * 4)
    header = struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="session")
def qapp():
    """The program's own application."""
    from gui.shell.app import application

    return application()


@pytest.fixture(autouse=True, scope="session")
def no_collection_in_workers() -> Iterator[None]:
    """Widgets of a test before must not be collected by the worker thread of the next one."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


@pytest.fixture(autouse=True)
def collected_here(no_collection_in_workers: None) -> Iterator[None]:
    """Widgets and garbage are gone between tests, when no worker runs.

    A closed widget waits to be deleted, which no event loop does here, and every change of theme
    dresses it again.
    """
    gc.disable()  # whatever a test of something else has left
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if gc.get_count()[0] > MOST_GARBAGE:
        gc.collect()


@pytest.fixture(autouse=True)
def usual_look() -> Iterator[None]:
    """Type and colours that a test has chosen are not those of the next one."""
    yield
    app = QApplication.instance()
    if isinstance(app, QApplication) and themes.current() != themes.LIGHT:
        spare = QWidget()
        apply_theme(app, "light", rooms=None if app.styleSheet() else Rooms(spare))


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, logs and pasted images of a test stay in its folder."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setattr(FileAsker, "folder", None)
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings")
    )


@pytest.fixture(autouse=True)
def no_thread_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that leaves a thread alive fails."""
    started = []
    original = worker_module._Thread.start

    def start(thread: worker_module._Thread) -> None:
        started.append(thread)
        original(thread)

    monkeypatch.setattr(worker_module._Thread, "start", start)
    before = {thread for thread in threading.enumerate() if thread.is_alive()}
    yield
    running = [thread for thread in started if thread.isRunning()]
    for thread in running:
        thread.closing.set()
        thread.jobs.put(None)
        thread.wait(10_000)
    assert not running, "a worker thread was left alive"
    left = [
        thread
        for thread in threading.enumerate()
        if thread not in before
        and not isinstance(thread, threading._DummyThread)
        and thread.name != "tqdm_monitor"  # a library's own, daemonic and harmless
    ]
    assert not left, f"threads left alive: {left}"


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    """Preferences in a file of the test's own."""
    return Preferences(QSettings(str(tmp_path / "test.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def engine() -> FakeEngine:
    """A fast engine."""
    return FakeEngine()


@pytest.fixture
def session(qapp, engine: FakeEngine, preferences: Preferences) -> Iterator[Session]:
    """A session on the fast engine, started."""
    session = Session(engine=engine, preferences=preferences)
    session.start()
    yield session
    assert session.worker.shutdown()


@pytest.fixture
def idle_session(qapp, engine: FakeEngine, preferences: Preferences) -> Session:
    """A session whose worker was never started: for panels alone."""
    return Session(engine=engine, preferences=preferences)


@pytest.fixture
def window(qtbot, engine: FakeEngine, preferences: Preferences) -> Iterator[Window]:
    """The real window on the fast engine, shown."""
    from gui.shell.window import Window

    session = Session(engine=engine, preferences=preferences)
    window = Window(session)
    window.painted.connect(session.start)
    window.show()
    qtbot.waitUntil(lambda: session.worker.is_warm)
    yield window
    destroy(window)


def destroy(window: Window) -> None:
    """Close a window and delete all of it at once, before the next one changes the theme."""
    window.leave()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def loaded(window: Window, qtbot) -> Window:
    """The window with a model and an image."""
    window.session.loading.open_model(ModelRequest("demo:digits-0.25"))
    window.session.loading.open_input("digits:7")
    qtbot.waitUntil(lambda: window.session.runs.ready)
    return window


@pytest.fixture
def make() -> SimpleNamespace:
    """Makers of records, for tests in other files."""
    return SimpleNamespace(
        model=model_identity,
        image=image_input,
        fitted=fitted_input,
        snapshot=make_snapshot,
        evidence=make_evidence,
        slice=make_slice,
        examples=make_examples,
        png=png_bytes,
        destroy=destroy,
        classifier=FakeClassifier,
        UserError=UserError,
    )


@pytest.fixture
def said(session: Session) -> Callable[[], list[str]]:
    """Every sentence the session had to say."""
    sentences: list[str] = []
    session.notice.connect(lambda kind, sentence: sentences.append(sentence))
    return lambda: sentences
