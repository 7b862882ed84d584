"""What the command line says: text from outside steers no terminal."""

from __future__ import annotations

from typing import IO, Any

from rich.console import Console
from rich.text import Text

from engine.core.text import json_ascii, visible


class Terminal(Console):
    """A console that shows control characters of texts, those in tables included."""

    def render_str(self, text: str, **how: Any) -> Text:
        """A text as it is shown; styles and marks are rich's own and come later."""
        return super().render_str(visible(text, lines=True), **how)


def write_line(stream: IO[str], sentence: str) -> None:
    """Write one line."""
    stream.write(visible(sentence) + "\n")


def write_json(stream: IO[str], text: str) -> None:
    """Write JSON; onto a terminal with what would act on it as escapes, which mean the same."""
    stream.write(json_ascii(text) if stream.isatty() else text)
