"""Figures as a program shows and saves them, drawn as the reports draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.core.errors import UserError
from engine.core.files import write_atomically

if TYPE_CHECKING:
    from engine.report.plots import Figure
    from engine.report.typeset import Format

_FORMATS: dict[str, Format] = {".svg": "svg", ".png": "png", ".pdf": "pdf"}


@dataclass(frozen=True)
class Plot:
    """A figure. A notebook shows it; :meth:`save` writes it."""

    figure: Figure

    def svg(self) -> str:
        """The figure as the text of an SVG."""
        return self._drawn("svg").decode()

    def save(self, path: str | Path) -> Path:
        """Write the figure as ``.svg``, ``.png``, ``.pdf``, or its numbers as ``.csv``.

        Returns:
            The path.

        Raises:
            CertiscopeError: another ending, or the file cannot be written.
        """
        path = Path(path)
        ending = path.suffix.lower()
        if ending == ".csv":
            from engine.report.drawing import figure_csv

            data = figure_csv(self.figure).encode()
        elif ending in _FORMATS:
            data = self._drawn(_FORMATS[ending])
        else:
            known = ", ".join([*_FORMATS, ".csv"])
            raise UserError(f"Cannot write {path.name}: its ending must be one of {known}.")
        write_atomically(path, data)
        return path

    def _drawn(self, fmt: Format) -> bytes:
        from engine.report.drawing import render_figure  # loads typst

        return render_figure(self.figure, fmt)

    def _repr_svg_(self) -> str:
        return self.svg()


def shown(plots: Sequence[Plot]) -> str:
    """Some plots as HTML, one beside the other where there is room."""
    return "".join(
        f'<div style="display:inline-block;max-width:100%">{one.svg()}</div>' for one in plots
    )
