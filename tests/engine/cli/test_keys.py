from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli import main


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_new_show_and_trust(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "show"]) == 0
    assert "You have no key" in capsys.readouterr().out
    assert main(["keys", "new", "--name", "Ada"]) == 0
    assert "not locked with a passphrase" in capsys.readouterr().out
    other = tmp_path / "other.pem"
    assert main(["keys", "new", "--name", "Bo", "--key", str(other)]) == 0
    assert main(["keys", "trust", str(tmp_path / "other.pub.json")]) == 0
    capsys.readouterr()
    assert main(["keys", "show"]) == 0
    yours, trusted = capsys.readouterr().out.splitlines()
    assert yours.startswith("yours: 'Ada', fingerprint ")
    assert trusted.startswith("trusted: 'Bo', fingerprint ")


def test_the_passphrase_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CERTISCOPE_PASSPHRASE", "secret")
    path = tmp_path / "k.pem"
    assert main(["keys", "new", "--name", "Ada", "--key", str(path)]) == 0
    assert b"ENCRYPTED" in path.read_bytes()
    assert "secret" not in capsys.readouterr().out


def test_refusals_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "trust", str(tmp_path / "gone.pub.json")]) == 2
    assert "ask its owner" in capsys.readouterr().err
    assert main(["keys", "show", "--key", str(tmp_path / "gone.pem")]) == 2
    assert main(["keys", "new", "--name", " "]) == 2
