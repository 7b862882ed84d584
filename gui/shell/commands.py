"""Every command, once: menus, tool bar, shortcuts, command palette and tests are made from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QWidget

from gui.controllers.session import Session
from gui.playground.steps import STEPS
from gui.results.extend import ExtendBar
from gui.shell.appearance import Appearance
from gui.shell.in_sight import why_not_shown
from gui.shell.opening import Opening
from gui.shell.pages import Pages
from gui.shell.palette import Palette
from gui.shell.talking import Talking
from gui.shell.tour import Tour


@dataclass(frozen=True)
class Parts:
    """What commands are carried out by."""

    window: QMainWindow
    session: Session
    opening: Opening
    pages: Pages
    appearance: Appearance
    palette: Palette
    extend_bar: ExtendBar
    tour: Tour
    talking: Talking

    def start_tour(self) -> None:
        """From the plots on."""
        self.pages.show_explore()
        self.tour.begin()


def _always(session: Session) -> bool:
    return True


def _idle(session: Session) -> bool:
    return not session.runs.running


def _ready(session: Session) -> bool:
    return session.runs.ready


def _measurable(session: Session) -> bool:
    model = session.loading.model
    return session.runs.ready and model is not None and model.outputs is not None


def _ready_or_coming(session: Session) -> bool:
    return session.runs.ready or session.runs.coming


def _stoppable(session: Session) -> bool:
    stopping = session.runs.stopping or session.audits.stopping or session.attacks.stopping
    going = session.runs.running and not stopping
    return going or session.playback.active


def _can_resume(session: Session) -> bool:
    return session.runs.can_resume


def _can_extend(session: Session) -> bool:
    return session.runs.can_extend


def _has_result(session: Session) -> bool:
    return session.runs.evidence is not None and not session.runs.running


def _can_attack(session: Session) -> bool:
    return session.attacks.possible


def _can_label(session: Session) -> bool:
    shown = session.runs.evidence
    return shown is not None and bool(shown.answers) and not session.runs.running


def _has_case(session: Session) -> bool:
    return session.case.file is not None


def _can_save_case(session: Session) -> bool:
    return not session.runs.running and (_has_case(session) or session.runs.evidence is not None)


def _has_folder(session: Session) -> bool:
    return len(session.loading.specs) > 1 and not session.runs.running


def _talking(session: Session) -> bool:
    return session.talks.talk is not None


def _has_command(session: Session) -> bool:
    return session.loading.request is not None and session.loading.given is not None


_OF_SHOWN = (_has_result, _can_save_case, _can_resume, _can_extend, _can_attack, _can_label)
"""Of what is about the shown result: not to be had while another one is in sight."""


@dataclass(frozen=True)
class Command:
    """One thing a person can ask for.

    Attributes:
        id: stable name, used by tests and the palette.
        title: with its mnemonic (&).
        menu: top-level menu it belongs to.
        do: carries it out.
        shortcut: in Qt's portable notation; empty for none.
        when: whether it makes sense now.
        icon: name of a drawing in ``gui.icons``; empty for none.
        toolbar: it has a button at the top.
        checkable: shows a state.
        tip: what it does, in words.
        starts_group: a line is drawn above it in the menu.
    """

    id: str
    title: str
    menu: str
    do: Callable[[Parts], object]
    shortcut: str = ""
    when: Callable[[Session], bool] = _always
    icon: str = ""
    tip: str = ""
    toolbar: bool = False
    checkable: bool = False
    starts_group: bool = False


def _show_step(key: str, on: Parts) -> None:
    on.pages.show_lecture(key)


# fmt: off
COMMANDS: tuple[Command, ...] = (
    Command("open-model", "Open &model…", "&File", lambda on: on.opening.ask_for_model(),
            "Ctrl+O", _idle, "model", toolbar=True,
            tip="A file of weights, an ONNX file or a Hugging Face folder's config.json"),
    Command("open-input", "Open &input…", "&File", lambda on: on.opening.ask_for_input(),
            "Ctrl+I", _idle, "image", toolbar=True,
            tip="An image, graph, text or table of your own"),
    Command("open-folder", "Open image &folder…", "&File",
            lambda on: on.opening.ask_for_folder(), "Ctrl+Shift+I", _idle,
            tip="Go through all images of a folder"),
    Command("paste", "Pas&te image", "&File", lambda on: on.opening.paste_image(), "Ctrl+V", _idle,
            tip="The image in the clipboard"),
    Command("gallery", "&Gallery of examples", "&File", lambda on: on.pages.show_gallery(),
            "Ctrl+G", _idle, "gallery", toolbar=True,
            tip="The shipped inputs, with models that go with them"),
    Command("previous", "Pre&vious input", "&File", lambda on: on.session.loading.step_input(-1),
            "Alt+Left", _has_folder, starts_group=True),
    Command("next", "&Next input", "&File", lambda on: on.session.loading.step_input(1),
            "Alt+Right", _has_folder),
    Command("new-case", "Ne&w case…", "&File", lambda on: on.opening.ask_for_new_case(),
            "Ctrl+N", _idle, tip="A file that keeps every run from now on", starts_group=True),
    Command("open-case", "Open cas&e…", "&File", lambda on: on.opening.ask_for_case(),
            "Ctrl+Shift+O", _idle, tip="A file with runs, whole or unfinished"),
    Command("save-case", "Save &as case…", "&File",
            lambda on: on.opening.ask_where_to_save_case(), "Ctrl+Shift+S", _can_save_case,
            tip="A copy of the open case, or the shown run in a new one"),
    Command("open-votes", "Open vote&s…", "&File", lambda on: on.pages.votes.ask(),
            "Ctrl+Shift+V", _idle, tip="Certify externally collected vote counts"),
    Command("open-logs", "Open &logs…", "&File", lambda on: on.pages.logs.ask(),
            "Ctrl+Shift+L", _idle,
            tip="Curves and averages of logs that certify and predict scripts wrote"),
    Command("export-pdf", "Save &report as PDF…", "&File", lambda on: on.opening.save_shown("pdf"),
            "Ctrl+E", _has_result, "report", starts_group=True,
            tip="Report with the evidence attached"),
    Command("export-html", "Save report as &HTML…", "&File",
            lambda on: on.opening.save_shown("html"), "Ctrl+Shift+E", _has_result),
    Command("export-csv", "Save numbers as &CSV…", "&File",
            lambda on: on.opening.save_shown("csv"), "", _has_result),
    Command("export-json", "Save evidence as &JSON…", "&File",
            lambda on: on.opening.save_shown("json"), "Ctrl+Shift+J", _has_result),
    Command("export-slides", "Save for sli&des…", "&File", lambda on: on.opening.save_slides(), "",
            _has_result, tip="A replay as GIF or film, a page for any browser, or one slide"),
    Command("keys", "Signing &keys…", "&File", lambda on: on.pages.show_keys(),
            tip="Make a key, sign what is saved, trust keys of others"),
    Command("quit", "&Quit", "&File", lambda on: on.window.close(), "Ctrl+Q", starts_group=True),
    Command("certify", "&Certify", "&Run", lambda on: on.session.runs.certify(), "F5",
            _ready_or_coming, "run",
            tip="Choose the class, bound its probability, say how far it is certain"),
    Command("predict-one-sided", "&Predict (top class against 1/2)", "&Run",
            lambda on: on.session.runs.predict("one-sided"), "Shift+F5", _ready,
            tip="One-sided binomial test; no radius"),
    Command("predict-two-sided", "Predict (top &two classes)", "&Run",
            lambda on: on.session.runs.predict("two-sided"), "Ctrl+Shift+F5", _ready,
            tip="Two-sided test between the two leading classes; no radius"),
    Command("measure", "Bound the outputs' &medians", "&Run",
            lambda on: on.session.runs.measure(), "", _measurable,
            tip="Where keypoints, boxes or numbers stay under changes up to the form's epsilon"),
    Command("stop", "&Stop", "&Run", lambda on: on.session.stop(), "Esc", _stoppable, "stop",
            tip="End the run and keep what was counted, or end the replay", starts_group=True),
    Command("plan", "&What would it take?", "&Run", lambda on: on.pages.show_page(on.pages.planner),
            "Ctrl+T", tip="The votes a claim needs, and what n can reach", starts_group=True),
    Command("compare-schemes", "Compare sc&hemes", "&Run",
            lambda on: on.pages.show_page(on.pages.tradeoff), "Ctrl+Shift+T",
            tip="What each scheme certifies, and what that costs in accuracy"),
    Command("prune", "Prune f&or robustness", "&Run",
            lambda on: on.pages.show_page(on.pages.pruning), "",
            tip="A detector without the channels that a score finds least worth, and exact maps "
                "before and after"),
    Command("audit", "A&udit a set…", "&Run", lambda on: on.pages.show_page(on.pages.audit),
            "Ctrl+Shift+A", tip="Certify every input of a folder or data set, and the set"),
    Command("encrypted", "Encr&ypted…", "&Run",
            lambda on: on.pages.show_page(on.pages.encrypted),
            tip="A certificate for an image that the server never sees"),
    Command("train", "Trai&n a model…", "&Run", lambda on: on.pages.show_page(on.pages.training),
            "Ctrl+Shift+N", tip="Train an image model for its smoothed version, by six methods"),
    Command("resume", "&Resume the stopped run", "&Run", lambda on: on.session.runs.resume(),
            "F6", _can_resume, tip="Resume where it was stopped, with the same noise"),
    Command("extend", "&Extend the run…", "&Run", lambda on: on.extend_bar.ask(),
            "Ctrl+F6", _can_extend, tip="Count past the planned n; the anytime bounds allow it"),
    Command("attack", "How close is an attac&k?", "&Run", lambda on: on.session.attacks.start(),
            "Ctrl+K", _can_attack,
            tip="The smallest change found that takes the smoothed model to another class: how "
                "tight the certificate is, and no guarantee"),
    Command("label-answers", "La&bel answers…", "&Run", lambda on: on.pages.show_labels(),
            "Ctrl+L", _can_label,
            tip="Say what answers truly mean, for a claim about the true class"),
    Command("copy-command", "Copy command &line", "&Run", lambda on: on.opening.copy_command(),
            "Ctrl+Shift+C", _has_command, tip="The same run in a terminal", starts_group=True),
    Command("preview", "&Report preview", "&View", lambda on: on.pages.show_preview(), "Ctrl+P",
            _has_result, "report", toolbar=True),
    Command("runs", "R&uns of the case", "&View", lambda on: on.pages.show_runs(), "Ctrl+R",
            _has_case, tip="Find, look at and compare the recorded runs"),
    Command("theme-light", "&Light", "&View", lambda on: on.appearance.set_theme("light"),
            checkable=True, tip="Theme", starts_group=True),
    Command("theme-dark", "&Dark", "&View", lambda on: on.appearance.set_theme("dark"),
            checkable=True, tip="Theme"),
    Command("theme-high-contrast", "&High contrast", "&View",
            lambda on: on.appearance.set_theme("high-contrast"), checkable=True, tip="Theme"),
    Command("text-larger", "Larger te&xt", "&View", lambda on: on.appearance.step_text_size(1),
            "Ctrl++", tip="Larger type, kept for the next start", starts_group=True),
    Command("text-smaller", "S&maller text", "&View", lambda on: on.appearance.step_text_size(-1),
            "Ctrl+-", tip="Smaller type, kept for the next start"),
    Command("text-normal", "&Normal text size", "&View",
            lambda on: on.appearance.set_text_size(1.0), "Ctrl+0", tip="Type as it is at first"),
    Command("pace-5", "Pace: replay in &5 s", "&View", lambda on: on.pages.replaying.replay(5),
            "Shift+F7", _idle, tip="Watch the recorded blocks of the shown run again",
            starts_group=True),
    Command("pace-15", "Pace: replay in &15 s", "&View", lambda on: on.pages.replaying.replay(15),
            "F7", _idle, tip="Watch the recorded blocks of the shown run again"),
    Command("pace-60", "Pace: replay in &60 s", "&View", lambda on: on.pages.replaying.replay(60),
            "Ctrl+F7", _idle, tip="Watch the recorded blocks of the shown run again"),
    Command("talk", "&Talk mode", "&View", lambda on: on.appearance.follow_talk_mode(), "F11",
            checkable=True, tip="The claim and one plot in large type; 1 to 4 choose the plot",
            starts_group=True),
    Command("palette", "F&ind…", "&View", lambda on: on.palette.open(), "Ctrl+Shift+P",
            icon="search", starts_group=True,
            tip="Commands, models, inputs, settings, recent files and help"),
    Command("playground", "&Playground", "&Lecture",
            lambda on: on.pages.show_page(on.pages.playground), "Ctrl+Y",
            tip="Smoothing in the plane: drag a point, watch its votes, attack its certificate"),
    *(Command(f"lecture-{step.key}", f"&{number}  {step.title}", "&Lecture",
              partial(_show_step, step.key), step.shortcut, tip=step.sentence,
              starts_group=number == 1) for number, step in enumerate(STEPS, 1)),
    Command("talk-open", "&Open a talk…", "&Lecture", lambda on: on.talking.ask(), when=_idle,
            tip="A file with steps that the window carries out in order", starts_group=True),
    Command("talk-shipped", "A first &talk", "&Lecture", lambda on: on.talking.open_shipped(),
            when=_idle, tip="The talk that comes with the program"),
    Command("talk-next", "&Next step", "&Lecture", lambda on: on.session.talks.next(), "PgDown",
            _talking),
    Command("talk-previous", "Pre&vious step", "&Lecture",
            lambda on: on.session.talks.previous(), "PgUp", _talking),
    Command("talk-play", "Play or pa&use", "&Lecture", lambda on: on.session.talks.toggle(), "P",
            _talking, tip="Step after step without a key"),
    Command("talk-faster", "&Faster", "&Lecture", lambda on: on.session.talks.change_speed(1),
            "+", _talking),
    Command("talk-slower", "&Slower", "&Lecture", lambda on: on.session.talks.change_speed(-1),
            "-", _talking),
    Command("talk-blank", "&Dark, or not", "&Lecture",
            lambda on: on.session.talks.toggle_blank(), "B", _talking,
            tip="Nothing is seen until the key is pressed again"),
    Command("talk-end", "&End the talk", "&Lecture", lambda on: on.session.talks.end(), "",
            _talking),
    Command("record-talk", "&Record a talk, or end the record", "&Lecture",
            lambda on: on.talking.record(),
            tip="What you do becomes the steps of a talk, until you choose this again"),
    Command("help", "&Help", "&Help", lambda on: on.pages.show_help(), "F1", icon="help",
            tip="First steps, what is on screen, terms, shortcuts"),
    Command("tour", "Take the &tour", "&Help", lambda on: on.start_tour(), when=_idle,
            tip="Five stops through the window"),
    Command("welcome", "Re&corded cases", "&Help", lambda on: on.pages.welcoming.show(),
            when=_idle, tip="Runs that open at once, with every vote: the page of the start"),
    Command("verify", "Verify a &report…", "&Help", lambda on: on.pages.verify.ask(),
            "Ctrl+Shift+R", _idle,
            tip="Check every claim of a report, evidence or case that somebody made",
            starts_group=True),
    Command("doctor", "&Versions and devices", "&Help", lambda on: on.pages.show_doctor()),
    Command("about", "&About Certiscope", "&Help", lambda on: on.pages.show_help("About"),
            starts_group=True),
)
# fmt: on


def plain_title(command: Command) -> str:
    """The title without mnemonic and ellipsis."""
    return command.title.replace("&", "").removesuffix("…")


def make_actions(window: QMainWindow) -> dict[str, QAction]:
    """A ``QAction`` per command, added to the window; they do nothing until connected."""
    actions = {}
    for command in COMMANDS:
        action = QAction(command.title, window)
        action.setObjectName(command.id)
        action.setShortcut(QKeySequence(command.shortcut))
        action.setCheckable(command.checkable)
        _explain(action, command)
        window.addAction(action)
        actions[command.id] = action
    return actions


def _explain(action: QAction, command: Command, obstacle: str = "") -> None:
    """What the command does, or why it cannot be done now."""
    tip = obstacle or command.tip or plain_title(command)
    action.setStatusTip(tip)
    action.setToolTip(f"{tip} ({command.shortcut})" if command.shortcut else tip)


def connect(actions: dict[str, QAction], parts: Parts) -> None:
    """Let every action carry out its command."""
    for command in COMMANDS:
        actions[command.id].triggered.connect(_Call(command, parts))


def refresh(actions: dict[str, QAction], session: Session, page: QWidget | None) -> None:
    """Enable what makes sense now, on this page; what makes none for a while says why."""
    other = why_not_shown(session, page)
    for command in COMMANDS:
        action, may = actions[command.id], command.when(session)
        why = other if may and _is_of_shown(command, session) else ""
        action.setEnabled(may and not why)
        if command.when in (_ready, _ready_or_coming):
            idle = not may and not session.runs.running
            _explain(action, command, session.runs.obstacle if idle else "")
        elif command.when in _OF_SHOWN:
            _explain(action, command, why)


def _is_of_shown(command: Command, session: Session) -> bool:
    """Whether it is about the shown result; an open case is saved as it is, whatever is shown."""
    saves_all = command.when is _can_save_case and _has_case(session)
    return command.when in _OF_SHOWN and not saves_all


class _Call:
    """Carries out one command."""

    def __init__(self, command: Command, parts: Parts) -> None:
        self._command, self._parts = command, parts

    def __call__(self) -> None:
        self._command.do(self._parts)
