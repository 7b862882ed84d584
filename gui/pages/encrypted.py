"""A certificate for an image that the server never sees: both sides, drawn beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.core.errors import UserError
from engine.encrypted.address import PORT, PREFIX, Address
from engine.models.request import ModelRequest
from engine.report.encrypted import CLIENT_LEARNS, NOT_CLAIMED, SERVER_LEARNS
from gui.controllers.session import Session
from gui.jobs.encrypted_jobs import cost, look
from gui.jobs.worker import Failure, Lane
from gui.style.theme import set_role
from gui.widgets.flag_names import in_the_window
from gui.widgets.image import ImageView
from gui.widgets.layouts import filled, labelled
from gui.widgets.page import Page
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import say, words

if TYPE_CHECKING:
    from engine.evidence.observations import EncryptedRecord
    from engine.explain.encrypted import Sight
    from gui.jobs.encrypted_jobs import Look

MODEL = "demo:digits-encrypted"
_NOTHING = "Start a server here, or type the address of one and open it."
_STARTING = "The server is starting…"
_ANSWERS = ("scores", "bits")
_SHOWN = 3
_LEAST = 150
"""Height of an image with its caption; on a low screen the rest scrolls."""
_HELD = "Image, noise, secret key and votes"


class EncryptedPage(Page):
    """Above which server, below what client and server have of the open image.

    Attributes:
        seen: the image that is drawn; None before there is one.
    """

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__("Encrypted", parent=parent)
        self._session, self._lane = session, Lane(session.worker)
        self.server = session.server
        self.seen: Look | None = None
        self.address = QLineEdit(placeholderText=f"127.0.0.1:{PORT}")
        self.address.setAccessibleName("Address of the server")
        self.answer = QComboBox()
        self.answer.addItems(["scores, compared here", "bits, compared under encryption"])
        self.answer.setAccessibleName("What the server answers with")
        self.open, self.start = QPushButton("&Open"), QPushButton("&Start a server here")
        set_role(self.open, "primary")
        self.state, self.cost = words(name="State of the server"), words(role="small")
        self.image, self.sent, self.received = ImageView(), ImageView(), ImageView()
        self.arrows = QLabel("→"), QLabel("→")
        for view in (self.image, self.sent, self.received):
            view.setMinimumHeight(_LEAST)
        self.holds = words(name="What the client holds")
        self.sees = words(name="What the server sees")
        self.reads = words(name="What comes back")
        self.bytes = words(role="mono", name="Bytes of a ciphertext")
        self.counted, self.learns = words(name="What was counted"), words(role="small")
        for label in self._sentences:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            label.setSizePolicy(policy)  # else each asks for the height of a narrow column
        self._lay_out()
        self.open.clicked.connect(self._open)
        self.address.returnPressed.connect(self._open)
        self.start.clicked.connect(self._start_or_stop)
        self.answer.currentIndexChanged.connect(self._follow_run)
        self.server.served.connect(self._on_served)
        self.server.said.connect(self._on_said)
        self.server.ended.connect(self._on_ended)
        session.loading.fitted_changed.connect(self._look)
        session.loading.model_changed.connect(self._follow_cost)
        session.runs.snapshot_changed.connect(self._follow_run)
        session.runs.evidence_changed.connect(self._follow_run)
        session.form.changed.connect(self._follow_cost)
        self._show(None)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at what is open."""
        super().showEvent(event)
        self._look()

    @property
    def _sentences(self) -> tuple[QLabel, ...]:
        beside = self.holds, self.sees, self.reads
        return (self.state, self.cost, *beside, self.bytes, self.counted, self.learns)

    # -- layout ------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        place = filled(QHBoxLayout(), (self.address, 1), self.open, self.start)
        answer = filled(QHBoxLayout(), labelled("answers with", self.answer), (self.answer, 1))
        state = filled(QVBoxLayout(), self.state, self.cost, spacing=2)
        for layout in (place, answer, state):
            self.content.addLayout(layout)
        sides = QGridLayout()
        sides.setSpacing(8)
        columns = (
            ("What the client holds", self.image, self.holds),
            ("What the server sees", self.sent, self.sees),
            ("What comes back", self.received, self.reads),
        )
        for number, (title, picture, said) in enumerate(columns):
            heading = words(title, role="muted")
            for row_number, part in enumerate((heading, picture, said)):
                top = Qt.AlignmentFlag.AlignTop if part is said else Qt.AlignmentFlag(0)
                sides.addWidget(part, row_number, 2 * number, top)
            sides.setColumnStretch(2 * number, 1)
        for number, arrow in enumerate(self.arrows):
            set_role(arrow, "headline")
            sides.addWidget(arrow, 1, 2 * number + 1, Qt.AlignmentFlag.AlignCenter)
        self._sides = sides
        below = ScrollColumn("Both sides", spacing=6)
        below.column.addLayout(sides, 1)
        for label in (self.bytes, self.counted, self.learns):
            below.column.addWidget(label)
        self.content.addWidget(below, 1)

    # -- the server --------------------------------------------------------------------------

    @Slot()
    def _start_or_stop(self) -> None:
        if self.server.running:
            self.server.stop()
            return
        self.start.setText("&Stop the server")
        say(self.state, _STARTING)
        self.server.start(MODEL)

    @Slot(str)
    def _on_served(self, address: str) -> None:
        self.address.setText(address)
        self._open()

    @Slot(str)
    def _on_said(self, line: str) -> None:
        say(self.state, f"The server says: {line}")

    @Slot(str)
    def _on_ended(self, why: str) -> None:
        self.start.setText("&Start a server here")
        say(self.state, why or _NOTHING)

    @Slot()
    def _open(self) -> None:
        """Open the model at the address, as any other."""
        answer = _ANSWERS[self.answer.currentIndex()]
        text = self.address.text().strip() or self.address.placeholderText()
        try:
            spec = Address.read(f"{text}?answer={answer}").spec
        except UserError as error:
            say(self.state, in_the_window(str(error)))
            return
        self._session.loading.open_model(ModelRequest(spec))

    # -- what is drawn -----------------------------------------------------------------------

    @property
    def _served(self) -> bool:
        request = self._session.loading.request
        return request is not None and request.spec.startswith(PREFIX)

    @Slot()
    def _look(self) -> None:
        subject = self._session.loading.subject
        if not self.isVisible() or subject is None or not self._served:
            if not self._served:
                self._show(None)
            return
        if self.seen is not None and self.seen.subject is subject:
            return
        self._lane.submit(
            lambda stop: look(subject),
            "sending an encrypted image",
            on_done=self._show,
            on_failed=self._on_failed,
        )

    def _on_failed(self, failure: Failure) -> None:
        say(self.state, in_the_window(failure.sentence))

    def _show(self, seen: Look | None) -> None:
        self.seen = seen
        sight = seen.sight if seen is not None else None
        self.image.show_pixels(sight.image if sight else None, "the image")
        for view, part, caption in (
            (self.sent, sight.sent if sight else None, "bytes of its ciphertext"),
            (self.received, sight.received if sight else None, "bytes of the answer"),
        ):
            view.show_pixels(part.picture if part else None, caption)
        for drawn in (self.image, self.sent, self.received, *self.arrows):
            drawn.setVisible(sight is not None)
        for row in (1, 2):  # what is there takes the room: images, or why there are none
            self._sides.setRowStretch(row, int((row == 1) == (sight is not None)))
        say(self.bytes, f"The server reads: {sight.sent.hexadecimal} ..." if sight else "")
        say(self.holds, _HELD if sight else "no image yet")
        say(self.sees, f"{sight.sent.size:,} bytes of ciphertexts" if sight else "nothing sent yet")
        say(self.reads, _read(sight) if sight else "nothing came back yet")
        if not self.state.text():
            say(self.state, _NOTHING)
        self._follow_cost()
        self._follow_run()

    @Slot()
    def _follow_cost(self) -> None:
        """What a run of the form takes: known before anything is sent."""
        settings = self._session.form.settings
        say(self.cost, cost(self._session.loading.classifier, settings.n0 + settings.n))

    @Slot()
    def _follow_run(self) -> None:
        """What the run at hand or shown subtracted, and who may learn what."""
        runs = self._session.runs
        run = runs.evidence or runs.snapshot
        record: EncryptedRecord | None = run.encrypted if run is not None else None
        answer = _ANSWERS[self.answer.currentIndex()] if record is None else record.answer
        counted = ""
        if record is not None and record.samples:
            when = "So far, before any bound," if runs.evidence is None else "Before any bound,"
            counted = f"{when} {record.in_words()}."
        elif self.seen is not None:
            counted = "Certify (F5) counts votes from encrypted noisy samples."
        say(self.counted, counted)
        said = (SERVER_LEARNS, CLIENT_LEARNS[answer], NOT_CLAIMED)
        say(self.learns, "\n".join(map(in_the_window, said)))


def _read(sight: Sight) -> str:
    """What the client decrypts, the largest first."""
    pairs = sorted(zip(sight.numbers, sight.names, strict=True), reverse=True)
    shown = ", ".join(f"{name}: {value:.3f}" for value, name in pairs[:_SHOWN])
    rest = f" and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
    return f"{sight.received.size:,} bytes, which the client decrypts: {shown}{rest}"
