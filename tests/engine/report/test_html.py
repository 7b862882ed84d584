from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from engine.evidence.evidence import Evidence
from engine.report.html import html_text, write_html
from tests.factories import (
    make_evidence,
    make_illustrations,
    make_input,
    make_model,
    make_predicted,
)

VOID = {"meta", "br", "img", "link"}


class Page(HTMLParser):
    """Collects tags, texts and the embedded evidence; notices tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.json = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.json += data
        else:
            self.words.append(data)


def test_is_one_file_with_figures_and_evidence_inside() -> None:
    evidence = make_evidence()
    page = Page(html_text(evidence, make_illustrations()))
    assert not page.open
    assert [tag for tag, _ in page.tags].count("svg") == 4
    assert Evidence.model_validate_json(page.json) == evidence
    for tag, attributes in page.tags:
        for name in ("src", "href", "xlink:href"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:image/")), (tag, value)


def test_says_what_the_pdf_says() -> None:
    evidence = make_evidence()
    words = " ".join(Page(html_text(evidence)).words)
    for expected in (evidence.statement, "CERTIFIED", "R = 0.528", evidence.model.sha256):
        assert expected in words
    assert "What this does not say" in words


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x>', "</script>&amp;"])
def test_names_are_escaped_everywhere(name: str) -> None:
    evidence = make_evidence(
        class_names=[name] * 10,
        input=make_input(name=name, source=name, label_name=name),
        model=make_model([name] * 10, name=name, notes=(name,)),
        warnings=(name,),
        command=name,
        certified_at={name: True},
    )
    page = Page(html_text(evidence, make_illustrations()))
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not any(attributes.get("src") for _, attributes in page.tags)
    assert name in " ".join(page.words)
    assert json.loads(page.json)["input"]["name"] == name


def test_all_outcomes_are_written(tmp_path: Path) -> None:
    abstained = make_evidence(estimation=(0, 0, 500, 0, 0, 0, 0, 500, 0, 0))
    for evidence, word in (
        (abstained, "ABSTAINED"),
        (make_predicted(), "PREDICTED"),
        (make_evidence(n_plan=10**6), "PARTIAL"),
    ):
        path = tmp_path / "report.html"
        write_html(evidence, path)
        assert word in path.read_text(encoding="utf-8")


def test_ids_of_inlined_figures_do_not_collide() -> None:
    page = Page(html_text(make_evidence(), make_illustrations()))
    by_id: dict[str, set[str]] = {}
    for tag, attributes in page.tags:
        if (key := attributes.get("id")) is not None:
            by_id.setdefault(key, set()).add(tag + (attributes.get("d") or ""))
    assert all(len(bodies) == 1 for bodies in by_id.values())
