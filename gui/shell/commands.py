"""Every command, once: menus, tool bar, shortcuts, command palette and tests are made from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QAction, QKeySequence

from gui.controllers.deferred_start import is_coming

if TYPE_CHECKING:
    from gui.controllers.session import Session

When = Callable[["Session"], bool]


def _always(session: Session) -> bool:
    return True


def _idle(session: Session) -> bool:
    return not session.running


def _ready(session: Session) -> bool:
    return session.ready


def _ready_or_coming(session: Session) -> bool:
    return session.ready or is_coming(session)


def _running(session: Session) -> bool:
    return session.running and not session.stopping


def _can_go_on(session: Session) -> bool:
    return session.can_go_on


def _can_extend(session: Session) -> bool:
    return session.can_extend


def _has_result(session: Session) -> bool:
    return session.evidence is not None and not session.running


def _can_label(session: Session) -> bool:
    shown = session.evidence
    return shown is not None and bool(shown.answers) and not session.running


def _has_case(session: Session) -> bool:
    return session.casebook.case is not None


def _can_save_case(session: Session) -> bool:
    return not session.running and (_has_case(session) or session.evidence is not None)


def _has_folder(session: Session) -> bool:
    return len(session.specs) > 1 and not session.running


def _has_command(session: Session) -> bool:
    return session.request is not None and session.given is not None


@dataclass(frozen=True)
class Command:
    """One thing a person can ask for.

    Attributes:
        id: stable name, used by tests and the palette.
        title: with its mnemonic (&).
        menu: top-level menu it belongs to.
        handler: method of the window that carries it out.
        shortcut: in Qt's portable notation; empty for none.
        when: whether it makes sense now.
        icon: name of a drawing in ``gui.icons``; empty for none.
        arguments: handed to the handler.
        checkable: shows a state.
        tip: what it does, in words.
        starts_group: a line is drawn above it in the menu.
    """

    id: str
    title: str
    menu: str
    handler: str
    shortcut: str = ""
    when: When = _always
    icon: str = ""
    arguments: tuple[Any, ...] = ()
    checkable: bool = False
    tip: str = ""
    starts_group: bool = False


# fmt: off
COMMANDS: tuple[Command, ...] = (
    Command("open-model", "Open &model…", "&File", "ask_for_model", "Ctrl+O", _idle, "model",
            tip="A file of weights, an ONNX file or a Hugging Face folder's config.json"),
    Command("open-input", "Open &input…", "&File", "ask_for_input", "Ctrl+I", _idle, "image",
            tip="An image, graph, text or table of your own"),
    Command("open-folder", "Open image &folder…", "&File", "ask_for_folder", "Ctrl+Shift+I",
            _idle, tip="Go through all images of a folder"),
    Command("paste", "Paste pic&ture", "&File", "paste_image", "Ctrl+V", _idle,
            tip="The image in the clipboard"),
    Command("gallery", "&Gallery of examples", "&File", "show_gallery", "Ctrl+G", _idle, "gallery",
            tip="The shipped inputs, with models that go with them"),
    Command("previous", "Pre&vious input", "&File", "step_input", "Alt+Left", _has_folder,
            arguments=(-1,), starts_group=True),
    Command("next", "&Next input", "&File", "step_input", "Alt+Right", _has_folder,
            arguments=(1,)),
    Command("new-case", "Ne&w case…", "&File", "ask_for_new_case", "Ctrl+N", _idle, "",
            tip="A file that keeps every run from now on", starts_group=True),
    Command("open-case", "Open cas&e…", "&File", "ask_for_case", "Ctrl+Shift+O", _idle,
            tip="A file with runs, whole or unfinished"),
    Command("save-case", "Save &as case…", "&File", "ask_where_to_save_case", "Ctrl+Shift+S",
            _can_save_case, tip="A copy of the open case, or the shown run in a new one"),
    Command("open-votes", "Open vote&s…", "&File", "ask_for_votes", "Ctrl+Shift+V", _idle,
            tip="Certify counts that somebody else drew"),
    Command("export-pdf", "Save &report as PDF…", "&File", "ask_where_to_export", "Ctrl+E",
            _has_result, "report", ("pdf",), starts_group=True,
            tip="Report with the evidence attached"),
    Command("export-html", "Save report as &HTML…", "&File", "ask_where_to_export", "Ctrl+Shift+E",
            _has_result, arguments=("html",)),
    Command("export-csv", "Save numbers as &CSV…", "&File", "ask_where_to_export", "", _has_result,
            arguments=("csv",)),
    Command("export-json", "Save evidence as &JSON…", "&File", "ask_where_to_export",
            "Ctrl+Shift+J", _has_result, arguments=("json",)),
    Command("quit", "&Quit", "&File", "close", "Ctrl+Q", starts_group=True),
    Command("certify", "&Certify", "&Run", "certify", "F5", _ready_or_coming, "run",
            tip="Choose the class, bound its probability, say how far it is certain"),
    Command("predict-one-sided", "&Predict (top class against 1/2)", "&Run", "predict", "Shift+F5",
            _ready, arguments=("one-sided",),
            tip="One-sided binomial test; no radius"),
    Command("predict-two-sided", "Predict (top &two classes)", "&Run", "predict",
            "Ctrl+Shift+F5", _ready, arguments=("two-sided",),
            tip="Two-sided test between the two leading classes; no radius"),
    Command("stop", "&Stop", "&Run", "stop", "Esc", _running, "stop",
            tip="End the run and keep what was counted", starts_group=True),
    Command("plan", "&What would it take?", "&Run", "show_planner", "Ctrl+T",
            tip="The votes a claim needs, and what n can reach", starts_group=True),
    Command("compare-schemes", "Compare sc&hemes", "&Run", "show_tradeoff", "Ctrl+Shift+T",
            tip="Gaussian, hierarchical, ablation: who withstands which attacker, at what cost"),
    Command("go-on", "&Go on with the stopped run", "&Run", "go_on", "F6", _can_go_on,
            tip="Count on from where it was stopped, with the same noise"),
    Command("extend", "&Extend the run…", "&Run", "ask_how_far", "Ctrl+F6", _can_extend,
            tip="Count past the planned n; the anytime bounds allow it"),
    Command("label-answers", "La&bel answers…", "&Run", "show_labels", "Ctrl+L", _can_label,
            tip="Say what answers truly mean, for a claim about the true class"),
    Command("copy-command", "Copy command &line", "&Run", "copy_command", "Ctrl+Shift+C",
            _has_command, tip="The same run in a terminal", starts_group=True),
    Command("preview", "&Report preview", "&View", "show_preview", "Ctrl+P", _has_result, "report"),
    Command("runs", "R&uns of the case", "&View", "show_runs", "Ctrl+R", _has_case,
            tip="Find, look at and compare the recorded runs"),
    Command("theme-light", "&Light", "&View", "set_theme", "", arguments=("light",),
            checkable=True, tip="Theme", starts_group=True),
    Command("theme-dark", "&Dark", "&View", "set_theme", "", arguments=("dark",),
            checkable=True, tip="Theme"),
    Command("theme-high-contrast", "&High contrast", "&View", "set_theme", "",
            arguments=("high-contrast",), checkable=True, tip="Theme"),
    Command("talk", "&Talk mode", "&View", "follow_talk_mode", "F11", checkable=True,
            tip="Larger type, side columns away", starts_group=True),
    Command("palette", "Find a c&ommand…", "&View", "show_palette", "Ctrl+Shift+P",
            icon="search", starts_group=True),
    Command("verify", "Verify a &report…", "&Help", "ask_what_to_verify", "Ctrl+Shift+R", _idle,
            tip="Check every claim of a report, evidence or case that somebody made"),
    Command("doctor", "&Versions and devices", "&Help", "show_doctor", "F1"),
)
# fmt: on

BY_ID: dict[str, Command] = {command.id: command for command in COMMANDS}

TOOLBAR: tuple[str, ...] = ("open-model", "open-input", "gallery", "preview")
"""Commands with a button at the top; Certify, Stop and the palette have their own place."""


def plain_title(command: Command) -> str:
    """The title without mnemonic and ellipsis."""
    return command.title.replace("&", "").removesuffix("…")


def build_actions(window: Any) -> dict[str, QAction]:
    """A ``QAction`` per command, connected to the window's handlers and added to it."""
    actions = {}
    for command in COMMANDS:
        action = QAction(command.title, window)
        action.setObjectName(command.id)
        action.setShortcut(QKeySequence(command.shortcut))
        action.setCheckable(command.checkable)
        tip = command.tip or plain_title(command)
        action.setStatusTip(tip)
        action.setToolTip(f"{tip} ({command.shortcut})" if command.shortcut else tip)
        action.triggered.connect(_Call(window, command))
        window.addAction(action)
        actions[command.id] = action
    return actions


def refresh(actions: dict[str, QAction], session: Session) -> None:
    """Enable what makes sense now."""
    for command in COMMANDS:
        actions[command.id].setEnabled(command.when(session))


class _Call:
    """Calls a handler of the window with the command's arguments."""

    def __init__(self, window: Any, command: Command) -> None:
        self._window, self._command = window, command

    def __call__(self) -> None:
        getattr(self._window, self._command.handler)(*self._command.arguments)
