from __future__ import annotations

from pathlib import Path

import pytest

from engine.report import revision as module
from engine.report.revision import revision
from hatch_build import inside_names


def test_an_installation_has_the_revision_of_its_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of any sentence is another revision; the names of the rooms are not."""
    here = revision()
    for room in ("report", "figures", "evidence", "regions", "schemes"):
        for path in (Path(module.__file__).parents[1] / room).rglob("*.py"):
            place = tmp_path / path.relative_to(Path(module.__file__).parents[1])
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(inside_names(path.read_text()))
    monkeypatch.setattr(module, "_ENGINE", tmp_path)
    revision.cache_clear()
    assert revision() == here
    words = tmp_path / "evidence" / "statement.py"
    words.write_text(words.read_text().replace("confidence", "certainty"))
    revision.cache_clear()
    assert revision() != here
    revision.cache_clear()
