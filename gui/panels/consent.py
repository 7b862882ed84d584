"""Questions that need a yes: a file that can run code, and leaving while votes are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.errors import TrustRequired
from engine.models.request import ModelRequest
from gui.panels.notice import Notice, NoticeArea


def ask_for_trust(
    area: NoticeArea,
    error: TrustRequired,
    request: ModelRequest,
    open_model: Callable[[ModelRequest], None],
) -> Notice:
    """Ask whether this one file may run code; no is the answer that has the focus."""
    sentence = (
        f"{error.path} can run code on this computer when it is opened. Open it only if you trust "
        f"whoever made it (sha256 {error.sha256[:16]}…)."
    )
    return area.ask(
        sentence,
        {
            "&Open this file": lambda: open_model(replace(request, trust=True)),
            "&Do not open": _nothing,
        },
    )


def ask_to_close(area: NoticeArea, leave: Callable[[], None]) -> Notice:
    """Ask whether to stop the run and close."""
    return area.ask(
        "A run is going. Stop it and close? What was counted is kept.",
        {"Stop and &close": leave, "&Go on": _nothing},
    )


def _nothing() -> None:
    """The answer no."""
