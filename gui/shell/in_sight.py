"""Whether what is in sight is the shown result, or another one that could be taken for it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.controllers.session import Session
from gui.widgets.page import Page

OTHER = (
    "This page shows another result than the plots: save it with the buttons of the page, or go "
    "back to the plots first."
)
REPLAYED = "The replay of another result is in sight: end it (Esc) first."


def why_not_shown(session: Session, page: QWidget | None) -> str:
    """Why no command may be about the shown result now; empty where nothing else is in sight.

    Whoever saves, looks at or extends "the result" means the one in sight.

    Args:
        session: whose shown result it is.
        page: in sight; the plots, where it is no :class:`Page`.
    """
    shown, played = session.runs.evidence, session.playback.evidence
    if isinstance(page, Page):
        return OTHER if page.shows_other(shown) else ""
    return REPLAYED if played is not None and played is not shown else ""
