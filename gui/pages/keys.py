"""Signing keys: one's own, those of people one trusts, and whether what is saved is signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from gui.controllers.exports import Exports
from gui.jobs.signing_jobs import Keys, known_keys, make_key, open_key, trust_key
from gui.jobs.worker import Failure, Lane, Worker
from gui.style.theme import set_role
from gui.widgets.file_dialogs import KEY_FILTER, FileAsker
from gui.widgets.flag_names import in_the_window
from gui.widgets.layouts import filled
from gui.widgets.page import Page
from gui.widgets.section import Section, say, words
from gui.widgets.text_table_model import RowsModel, plain_table

if TYPE_CHECKING:
    from engine.signing.keys import PublicKey, SigningKey

_MAKING, _OPENING = "making a key", "opening the key"
_NONE = "You have no key yet. Make one: signatures show who wrote a report, a seal does not."
_LOCKED = "Your key is locked; type its passphrase to sign with it."
_OPEN = "Your key is open until this window closes."
_HAND_OUT = "To hand out: {}"
_NOBODY = (
    "No key of somebody else yet: 'Trust a key…' takes the file that they hand out, and a report "
    "that they signed is verified with their name."
)
_WAITS = "Waits for what is being worked out, and is done after it: {}. You may leave this page."
_REPLACED = (
    "The key of '{}' that was open lies no more where your key belongs: nothing is signed with it, "
    "until you choose to sign again."
)
_INSIDE = "Reports are signed inside the PDF (PAdES) too."
_BESIDE = "Reports are signed beside the PDF only: pyHanko is not installed (the extra 'sign')."


class KeysPage(Page):
    """Above one's own key, below those of others.

    What somebody asks for is a job of its own, which no reading of the keys takes the place of; it
    is short, and done between two batches of a run.

    Attributes:
        keys: as they were read last.
    """

    beside_form = beside_statement = False

    def __init__(
        self,
        worker: Worker,
        exports: Exports,
        asker: FileAsker,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Signing keys", parent=parent)
        self._worker, self._exports, self._asker = worker, exports, asker
        self._readings, self._openings = Lane(worker), Lane(worker)
        self._asked: list[str] = []
        self.keys = Keys(Path(), Path())
        self.state = words(name="Your key")
        self.owner, self.fingerprint = words(role="title"), words(role="mono", name="Fingerprint")
        self.place, self.complaint = words(role="small"), words(role="abstained")
        self.waits = words(role="provisional", name="What waits for its turn")
        self.nobody = words(_NOBODY, "small", name="Keys you trust: none")
        self.nobody.give_way()
        self.name = QLineEdit(placeholderText="Your name, as others know it")
        self.name.setAccessibleName("Name of the key")
        self.passphrase = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName("Passphrase")
        self.do = QPushButton()
        set_role(self.do, "primary")
        self.copy = QPushButton("&Copy fingerprint")
        self.sign = QCheckBox("&Sign reports (PDF) and evidence (JSON) when they are saved")
        self.inside = words(role="small")
        self.trusted: RowsModel[PublicKey] = RowsModel(("Name", "Fingerprint"), _texts)
        self.table = plain_table(self.trusted, "Keys you trust", (240,))
        self._lay_out()
        self.add_button("&Trust a key…", self._ask, tip="A .pub.json file; compare fingerprints")
        self.do.clicked.connect(self._make_or_open)
        self.passphrase.returnPressed.connect(self._make_or_open)
        self.copy.clicked.connect(self._copy)
        self.sign.toggled.connect(self._choose)
        exports.signing_changed.connect(self._follow)
        self._show(self.keys)

    def showEvent(self, event: QShowEvent) -> None:
        """Read the keys anew."""
        super().showEvent(event)
        self._read()

    def _lay_out(self) -> None:
        own, others = Section("Your key"), Section("Keys you trust")
        row = filled(QHBoxLayout(), (self.name, 2), (self.passphrase, 2), self.do, (QWidget(), 1))
        below = filled(QHBoxLayout(), self.copy, (QWidget(), 1))
        said = self.owner, self.fingerprint, self.place, self.state
        filled(own.content, *said, row, self.complaint, below, self.sign, self.inside)
        for label in (*said, self.complaint, self.inside, self.waits):
            label.give_way()
        for label in (self.complaint, self.waits):
            say(label, "")
        others.content.addWidget(self.nobody)
        self.content.addWidget(self.waits)
        self.content.addWidget(own)
        self.content.addWidget(others)
        self.content.addWidget(self.table, 1)

    def _read(self) -> None:
        self._readings.submit(
            lambda stop: known_keys(),
            "reading the keys",
            on_done=self._show_read,
            on_failed=self._fail,
            quiet=True,
            aside=True,
        )

    def _ask_worker(
        self, work: Callable[[], object], title: str, on_done: Callable[..., object]
    ) -> None:
        """Have done what a person asked for, and say that it waits where it has to."""
        waits = bool(self._worker.doing)
        self._asked.append(title)
        self._worker.submit(
            lambda stop: work(),
            title,
            on_done=partial(self._answer, title, on_done),
            on_failed=partial(self._refuse, title),
            aside=True,
        )
        if waits:
            self._say_what_waits()

    def _say_what_waits(self) -> None:
        say(self.waits, _WAITS.format(", ".join(self._asked)) if self._asked else "")

    def _answer(self, title: str, on_done: Callable[..., object], found: object) -> None:
        self._asked.remove(title)
        self._say_what_waits()
        on_done(found)

    def _refuse(self, title: str, failure: Failure) -> None:
        self._asked.remove(title)
        self._say_what_waits()
        self._fail(failure)

    def _fail(self, failure: Failure) -> None:
        say(self.complaint, in_the_window(failure.sentence))

    def _show(self, keys: Keys) -> None:
        self.keys, own = keys, keys.own
        say(self.owner, own.name if own else "")
        say(self.fingerprint, own.fingerprint if own else "")
        say(self.place, _HAND_OUT.format(keys.public) if own else "")
        self.copy.setVisible(own is not None)
        say(self.inside, _INSIDE if keys.inside else _BESIDE)
        self.trusted.show_rows(keys.trusted)
        self.nobody.setVisible(not keys.trusted)
        if own is not None and not keys.locked and self._exports.signer is None:
            self._openings.submit(
                lambda stop: open_key(""),
                _OPENING,
                on_done=self._take,
                on_failed=self._fail,
                quiet=True,
                aside=True,
            )
        self._follow()

    def _show_read(self, keys: Keys) -> None:
        """Show what lies there, and sign no more with an open key in whose place another does.

        Others compare signatures with the fingerprint that is shown.
        """
        own, opened = keys.own, self._exports.signer
        if opened is not None and (own is None or own.fingerprint != opened.public.fingerprint):
            self._exports.set_signer(None, signs=False)
            self.notice.emit("warning", _REPLACED.format(opened.public.name))
        self._show(keys)

    @Slot()
    def _follow(self) -> None:
        """What can be done with the own key now."""
        own, opened = self.keys.own, self._exports.signer is not None
        say(self.state, _OPEN if opened else _NONE if own is None else _LOCKED)
        self.name.setVisible(own is None)
        self.passphrase.setPlaceholderText("Passphrase" if own else "Passphrase, if you like")
        for widget in (self.passphrase, self.do):
            widget.setVisible(own is None or not opened)
        self.do.setText("&Open the key" if own else "&Make a key")
        self.sign.setEnabled(opened)
        self.sign.setChecked(self._exports.signs)

    @Slot()
    def _make_or_open(self) -> None:
        if _MAKING in self._asked or _OPENING in self._asked:
            return  # it waits, as the page says
        say(self.complaint, "")
        name, passphrase = self.name.text(), self.passphrase.text()
        self.passphrase.clear()
        if self.keys.own is None:
            self._ask_worker(partial(make_key, name, passphrase), _MAKING, self._take_new)
        else:
            self._ask_worker(partial(open_key, passphrase), _OPENING, self._take)

    def _take_new(self, key: SigningKey) -> None:
        self._take(key)
        self._show(replace(self.keys, own=key.public))
        self._read()

    def _take(self, key: SigningKey) -> None:
        say(self.complaint, "")
        self._exports.set_signer(key, signs=self._exports.signs)

    @Slot(bool)
    def _choose(self, signs: bool) -> None:
        if signs != self._exports.signs:
            self._exports.set_signer(self._exports.signer, signs=signs)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.fingerprint.text())

    @Slot()
    def _ask(self) -> None:
        self._asker.open_file("Trust a key", KEY_FILTER, self.trust)

    def trust(self, path: Path) -> None:
        """Count the key in a file as known."""
        say(self.complaint, "")
        self._ask_worker(partial(trust_key, path), f"trusting {path.name}", self._take_trusted)

    def _take_trusted(self, key: PublicKey) -> None:
        said = (
            f"Signatures of '{key.name}' are known from now on; compare the fingerprint with them."
        )
        self.notice.emit("info", said)
        self._read()


def _texts(key: PublicKey) -> tuple[str, str]:
    return key.name, key.fingerprint
