from __future__ import annotations

from pathlib import Path

import pytest

from engine.demos import __main__ as command
from engine.demos.recipes import EXAMPLES, RECIPES


def test_names_are_made_and_without_any_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(
        command, "RECIPES", {name: lambda out, name=name: out / name for name in RECIPES}
    )
    command.main(["mixed", "--out", str(tmp_path)])
    assert capsys.readouterr().out == f"Wrote {tmp_path / 'models' / 'mixed'} and its cards.\n"
    command.main([])
    assert capsys.readouterr().out.count("and its cards.") == len(RECIPES)
    command.main(["--examples", "--out", str(tmp_path)])
    assert capsys.readouterr().out.count("Wrote") == len(EXAMPLES)
    assert {path.name for path in (tmp_path / "examples").iterdir()} == set(EXAMPLES)


def test_another_name_is_refused(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        command.main(["mnist"])
    assert "there is no shipped model mnist; there are digits-0.25" in capsys.readouterr().err
