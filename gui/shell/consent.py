"""Questions that need a yes: a file that can run code, and leaving while something is at work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from engine.core.errors import TrustRequired
from engine.models.request import ModelRequest
from gui.controllers.session import Session
from gui.jobs.session_file import Left
from gui.shell.notice import Notice, NoticeArea
from gui.widgets.local_time import local_time

CLOSING = "closing"
"""What a question goes with that is none any more once the work has ended."""


def ask_for_trust(
    area: NoticeArea,
    error: TrustRequired,
    request: ModelRequest,
    open_model: Callable[[ModelRequest], None],
) -> Notice:
    """Ask whether this one file may run code; no is the answer that has the focus.

    Yes is for this content: another file at its place, or beside it in an ensemble, is asked about.
    """
    sentence = (
        f"{error.path} can run code on this computer when it is opened. Open it only if you trust "
        f"whoever made it (sha256 {error.sha256[:16]}…)."
    )
    return area.ask(
        sentence,
        {
            "&Open this file": lambda: open_model(
                replace(request, trust=True, consented=(*request.consented, error.sha256))
            ),
            "&Do not open": _nothing,
        },
    )


def ask_for_oracle(area: NoticeArea, request: ModelRequest, choose: Callable[[], object]) -> Notice:
    """Ask for the file that turns a model's answers into classes."""
    return area.ask(
        f"{request.spec} writes answers: choose the file that turns them into classes; its prompt "
        "is set beside the model.",
        {"Choose &oracle…": lambda: _ask(choose), "&Leave it": _nothing},
    )


def _ask(choose: Callable[[], object]) -> None:
    choose()


def ask_to_close(area: NoticeArea, question: str, leave: Callable[[], None]) -> Notice:
    """Ask whether to stop what is at work and close."""
    answers = {"Stop and &close": leave, "&Keep going": _nothing}
    return area.ask(question, answers, about=CLOSING)


def ask_about_work(
    area: NoticeArea,
    session: Session,
    *,
    leave: Callable[[], None],
    close: Callable[[], object],
    save: Callable[[object, Callable[[], object]], None],
    stay: Callable[[], None],
) -> bool:
    """Whether somebody has to be asked about work at hand, or of which no file has the outcome.

    Args:
        area: where to ask.
        session: whose work it is.
        leave: closes the window without another question.
        close: closes it as a person does: what else there is to ask about is asked next.
        save: asks by what it is given where to write a table, and closes the window then.
        stay: the window is to stay, whatever was to close it.
    """
    tables = session.keeping.tables
    if session.worker.asks:
        ask_to_close(area, session.worker.asks, leave)
    elif tables:
        work, table = next(iter(tables.items()))

        def lose() -> None:
            session.keeping.let_go(table)
            close()

        answers = dict[str, Callable[[], None]]()
        if ways := session.keeping.ways.get(work):
            answers = {"Save &JSON…": partial(save, table, ways.save), "S&how it": ways.show}
        area.ask(
            f"What the {work} came to is saved nowhere, and is lost when the window is closed.",
            answers | {"&Close without it": lose, "&Stay": stay},
            about="unsaved",
        )
    return bool(session.worker.asks or tables)


def ask_to_keep(
    area: NoticeArea,
    count: int,
    *,
    lost: int = 0,
    report: Callable[[], None] | None,
    keep: Callable[[], None] | None,
    discard: Callable[[], None],
    stay: Callable[[], None],
) -> Notice:
    """Ask what becomes of results that are saved nowhere.

    Args:
        area: where to ask.
        count: how many there are.
        lost: how many of them no file holds for the next start.
        report: saves the one that is shown; None where that is none of them.
        keep: saves all of them in a case; None where it cannot.
        discard: leaves without them.
        stay: does not leave.
    """
    what = "One result of this session is" if count == 1 else f"{count:,} results are"
    answers = {} if report is None else {"Save &report…": report}
    if keep is not None:
        answers["&Keep in case…"] = keep
    return area.ask(
        f"{what} saved nowhere. {_after(count, lost)}",
        answers | {"&Discard": discard, "&Stay": stay},
        about="unsaved",
    )


def _after(count: int, lost: int) -> str:
    """What becomes of results if the window is closed again."""
    if not lost:
        return "Close again to be asked at the next start."
    them = "it" if count == 1 else "them" if lost == count else f"{lost:,} of them"
    return f"No file holds {them} for the next start: close again to lose {them}."


def ask_about_left(
    area: NoticeArea,
    left: Left,
    *,
    open_left: Callable[[], None],
    resume: Callable[[], None],
    discard: Callable[[], None],
    later: Callable[[], None],
) -> Notice:
    """Offer what an earlier session left, and say how many others left something."""
    answers = {"&Resume the run": resume} if left.unfinished else {}
    who = f"The session of {local_time(left.began)}" if left.began else "An earlier session"
    more = f"{left.others:,} other sessions" if left.others > 1 else "another session"
    also = f"; {more} left something too" if left.others else ""
    return area.ask(
        f"{who} left {_what_is_left(left)}{also}.",
        answers | {"&Open": open_left, "&Discard": discard, "&Later": later},
        behind=True,  # the files of a command line are asked about before the worker finds this
    )


def _what_is_left(left: Left) -> str:
    """Each run once: one that was stopped may have a result, and go on."""
    count, part, cut = len(left.results), left.partial, left.unfinished - left.partial
    done = f"{count:,} result{'s' * (count != 1)} saved nowhere" if count else ""
    if part:
        one = "of an unfinished run" if part == 1 else "of unfinished runs"
        done += f", {one}" if part == count else f", {part:,} of them {one}"
    open_ = f"{cut:,} unfinished run{'s' * (cut != 1)}" if cut else ""
    return " and ".join(filter(None, (done, open_)))


def _nothing() -> None:
    """The answer no."""
