from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli import main

RUN = ["certify", "--model", "demo:digits-0.25", "--input", "digits:17", "--n0", "20", "--n", "300"]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_signed_evidence_holds_and_says_by_whom(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "run.json"
    assert main([*RUN, "--json", str(file), "--quiet"]) == 0
    assert main(["sign", str(file)]) == 2
    assert "certiscope keys new makes one" in capsys.readouterr().err
    assert main(["keys", "new", "--name", "Ada Example"]) == 0
    assert main(["sign", str(file)]) == 0
    assert "Signed by 'Ada Example'" in capsys.readouterr().out
    assert main(["verify", str(file), "--signed"]) == 0
    assert "signer: holds (Ada Example, a key you trust)" in capsys.readouterr().out


def test_a_run_signs_what_it_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, report = tmp_path / "run.json", tmp_path / "other.pdf"
    words = [*RUN, "--json", str(file), "--report", str(report), "--quiet", "--sign"]
    assert main(words) == 2
    assert not file.exists()  # refused before it began
    assert main(["keys", "new", "--name", "Ada Example"]) == 0
    assert main([*RUN, "--quiet", "--sign"]) == 2
    assert "--sign needs a file to sign" in capsys.readouterr().err
    assert main(words) == 0
    for each in (file, report):
        assert main(["verify", str(each), "--signed"]) == 0


def test_inside_needs_a_pdf(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "new", "--name", "Ada Example"]) == 0
    assert main(["sign", str(tmp_path / "run.json"), "--inside"]) == 2
    assert "none of the files ends in .pdf" in capsys.readouterr().err
