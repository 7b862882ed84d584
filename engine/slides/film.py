"""What a slide shows and how a replay runs. No figure is loaded for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from engine.core.errors import BadValue

Shown = Literal["all", "votes", "bounds", "region", "members"]
SHOWN: tuple[Shown, ...] = get_args(Shown)
FILMS, STILLS, PAGE = (".gif", ".mp4", ".webm"), (".png", ".svg", ".pdf"), ".html"
ENDINGS = (*FILMS, PAGE, *STILLS)
"""What a file may end in; a name without an ending is a folder of PNG files."""
_MOST_SECONDS, _MOST_FPS, _WIDTHS = 600.0, 60, (320, 3840)


@dataclass(frozen=True)
class Film:
    """How a result is shown on slides.

    Attributes:
        seconds: of a replay, from the first vote to the last; the result stands for two more.
        fps: its frames in a second.
        width: of a frame in pixels; the height is 9/16 of that.
        shown: which plots.
        dark: light ink on a dark page.
    """

    seconds: float = 8.0
    fps: int = 12
    width: int = 1280
    shown: Shown = "all"
    dark: bool = False

    def check(self) -> None:
        """Refuse what no film can be.

        Raises:
            BadValue: in a sentence.
        """
        if not 0 < self.seconds <= _MOST_SECONDS:
            raise BadValue(
                "seconds",
                f"must be more than 0 and at most {_MOST_SECONDS:g} (it was {self.seconds:g}).",
            )
        if not 1 <= self.fps <= _MOST_FPS:
            raise BadValue("fps", f"must be 1 to {_MOST_FPS} frames (it was {self.fps}).")
        if not _WIDTHS[0] <= self.width <= _WIDTHS[1]:
            most = "{:,} to {:,}".format(*_WIDTHS)
            raise BadValue("width", f"must be {most} pixels (it was {self.width:,}).")
