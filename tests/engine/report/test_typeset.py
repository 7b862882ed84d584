from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.report import typeset as module
from engine.report.typeset import displayable, typeset

PROBE = b'#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))\n#json("data.json").text'


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_templates", lambda: {"probe.typ": PROBE})


@pytest.mark.thorough
@pytest.mark.usefixtures("probe")
def test_every_character_let_through_is_in_the_fonts() -> None:
    """PDF/A refuses missing glyphs, so that one compilation tells for all of them."""
    shown = [c for c in map(chr, range(sys.maxunicode + 1)) if displayable(c) == c]
    assert len(shown) > 500
    assert typeset("probe.typ", {"text": " ".join(shown)}, {}, "pdf", archival=True)


def test_what_is_let_through_neither_hides_nor_reorders() -> None:
    hidden = {"Cc", "Cf", "Co", "Cn", "Cs", "Mn", "Me"}
    for c in map(chr, range(0x3000)):
        if displayable(c) == c:
            assert unicodedata.category(c) not in hidden, hex(ord(c))


def test_displayable_spells_out_the_rest() -> None:
    assert displayable("日 a\u202eb\x00") == "[U+65E5] a[U+202E]b[U+0000]"
    assert displayable("two\n lines\t") == "two lines"
    assert displayable("Größe Ωж ≤") == "Größe Ωж ≤"


@pytest.mark.usefixtures("probe")
@pytest.mark.parametrize(
    "text", ['#panic("run")', "]#panic()[", '"); panic("', "\\u{41}", "#sys.inputs", "$ x $"]
)
def test_data_is_never_markup(text: str) -> None:
    (page,) = typeset("probe.typ", {"text": text}, {}, "svg")
    assert page.startswith(b"<svg")


@pytest.mark.usefixtures("probe")
def test_only_its_own_folder_can_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    code = f'#read("{tmp_path}/secret.txt")'.encode()
    monkeypatch.setattr(module, "_templates", lambda: {"probe.typ": code})
    with pytest.raises(RuntimeError):
        typeset("probe.typ", {}, {}, "svg")


def test_full_temporary_folder_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match="temporary files .*: no space left on device. Make room"):
        typeset("figure.typ", {}, {"a": b""}, "png")
