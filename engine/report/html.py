"""Evidence as one HTML file that needs nothing beside it: figures inline, evidence inside."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape as _marked
from pathlib import Path

from engine.core.files import write_atomically
from engine.core.resources import assets
from engine.core.text import json_ascii, visible
from engine.evidence.evidence import Evidence
from engine.figures.images import Illustrations
from engine.report.content import Content, Fact, Section, Table
from engine.report.drawing import render_drawing
from engine.report.json import evidence_json
from engine.report.pdf import report_figures
from engine.report.plots import Drawing, drawing
from engine.report.summary import content

# Neither scripts nor anything from a network: the page is a document.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def escape(text: str) -> str:
    """Text from outside as HTML, with what would reorder or hide its neighbours made visible."""
    return _marked(visible(text, lines=True))


def write_html(evidence: Evidence, path: Path, illustrations: Illustrations | None = None) -> None:
    """Write the report.

    Raises:
        UserError: the file cannot be written.
    """
    write_atomically(path, html_text(evidence, illustrations).encode())


def html_text(evidence: Evidence, illustrations: Illustrations | None = None) -> str:
    """The report; the evidence's JSON is in the element with id ``evidence``."""
    drawings = [drawing(figure) for figure in report_figures(evidence, illustrations)]
    text, version = evidence_json(evidence), evidence.software.certiscope
    return page(content(evidence), drawings, text, version)


def page(words: Content, drawings: Iterable[Drawing], evidence: str, version: str) -> str:
    """A report as one file.

    Args:
        words: what it says.
        drawings: its figures, in their order.
        evidence: JSON that it holds, in the element with id ``evidence``.
        version: of Certiscope.
    """
    style = (assets() / "report" / "report.css").read_text(encoding="utf-8")
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(words.title)}</title><style>{style}</style></head><body><main>",
        *_first_page(words),
        *_figures(drawings),
        *(_section(section) for section in words.sections),
        f"<footer>Certiscope {escape(version)} · end of report</footer>",
        "</main>",
        embedded(evidence, "evidence"),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def embedded(text: str, name: str) -> str:
    """JSON in a script element of that id; ``<`` is spelled so that nothing can close it."""
    safe = json_ascii(text).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">\n{safe}</script>'


def _first_page(words: Content) -> Iterable[str]:
    yield f"<h1>{escape(words.title)}</h1>"
    partial = f' <b class="partial">PARTIAL</b> {escape(words.partial)}' if words.partial else ""
    yield f'<p class="verdict"><span class="{words.tone}">{words.verdict}</span>{partial}</p>'
    yield f'<p><b class="badge">{escape(words.badge)}</b></p>'
    yield f'<p class="statement">{escape(words.statement)}</p>'
    yield _facts(words.identity)
    if words.why:
        yield _section(words.why)
    cells = "".join(
        f'<div><span class="label">{escape(fact.label)}</span><b>{escape(fact.value)}</b>'
        f"<small>{escape(fact.note)}</small></div>"
        for fact in words.key_facts
    )
    yield f'<div class="numbers">{cells}</div>'
    yield _section(words.limits)


def _figures(drawings: Iterable[Drawing]) -> Iterable[str]:
    for ready in drawings:
        svg = render_drawing(ready, "svg").decode()
        yield f'<figure role="img" aria-label="{escape(ready.alt)}">{svg}</figure>'


def _section(section: Section) -> str:
    body = "".join(f"<li>{escape(sentence)}</li>" for sentence in section.sentences)
    return f"<h2>{escape(section.title)}</h2>{_facts(section.facts)}{_table(section.table)}" + (
        f"<ul>{body}</ul>" if body else ""
    )


def _facts(facts: Iterable[Fact]) -> str:
    rows = "".join(f"<dt>{escape(fact.label)}</dt><dd>{_value(fact)}</dd>" for fact in facts)
    return f"<dl>{rows}</dl>" if rows else ""


def _value(fact: Fact) -> str:
    value = f"<code>{escape(fact.value)}</code>" if fact.code else escape(fact.value)
    return f"{value} <small>({escape(fact.note)})</small>" if fact.note else value


def _table(table: Table | None) -> str:
    if table is None:
        return ""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.header)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
