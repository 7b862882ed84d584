from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli import main

RUN = ["certify", "--model", "demo:digits-0.25", "--input", "digits:17", "--n0", "20", "--n", "300"]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_keys_without_a_verb_says_that_one_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys"]) == 2
    shown = capsys.readouterr()
    assert "Missing command; certiscope keys --help" in shown.err and not shown.out


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
    assert "signer: holds (Ada Example, your own key)" in capsys.readouterr().out


@pytest.mark.thorough
def test_files_of_a_run_that_are_signed_one_by_one_share_an_envelope(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second signature leaves the first as it was; another run's or person's is not lost."""
    key, theirs = tmp_path / "key.json", tmp_path / "theirs.json"
    for name, path in (("Ada", key), ("Bob", theirs)):
        assert main(["keys", "new", "--name", name, "--key", str(path)]) == 0
    run = ["certify", "--model", "demo:digits-0.25", "--input", "digits:17", "--n", "200"]
    run += ["--n0", "20", "--device", "cpu", "--quiet"]
    report, evidence = tmp_path / "run.pdf", tmp_path / "run.json"
    assert main([*run, "--report", str(report), "--json", str(evidence)]) == 0
    for path in (evidence, report):
        assert main(["sign", str(path), "--key", str(key)]) == 0
    capsys.readouterr()
    for path in (evidence, report):
        main(["verify", "--counts-only", str(path)])
        assert (
            "signature beside the file: holds (run.dsse.json, by 'Ada'" in capsys.readouterr().out
        )
    assert main(["sign", str(report), "--key", str(theirs)]) == 2
    assert "is the signature of 'Ada' under run.json; give run.pdf another name" in (
        capsys.readouterr().err
    )
    assert main([*run, "--report", str(report)]) == 0  # of a new run, the same name
    assert main(["sign", str(report), "--key", str(key)]) == 2
    assert "signs run.json, which is of another run" in capsys.readouterr().err


@pytest.mark.thorough
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


def program(*words: str) -> tuple[int, str]:
    """In a process of its own: pyHanko and the library other tests read PDFs with do not mix."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "engine", *words], capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.thorough
def test_a_signature_inside_the_pdf_is_checked_and_bound_to_its_bytes(tmp_path: Path) -> None:
    report = tmp_path / "run.pdf"
    assert main([*RUN, "--report", str(report), "--quiet"]) == 0
    assert main(["keys", "new", "--name", "Ada Example"]) == 0
    status, said = program("sign", str(report), "--inside")
    assert status == 0, said
    assert said.rstrip().endswith("and inside the PDF")
    status, said = program("verify", str(report))
    assert status == 0, said
    assert "signature in the PDF: holds (by 'Ada Example', key " in said
    assert "bytes of the PDF: holds" in said
    (tmp_path / "run.dsse.json").unlink()
    whole = report.read_bytes()
    report.write_bytes(whole.replace(b"CreationDate", b"CreationData", 1))
    status, said = program("verify", str(report), "--counts-only")
    assert status == 1
    assert "signature in the PDF: does not hold" in said
    report.write_bytes(whole + b"\n1 0 obj\n<<>>\nendobj\n")
    status, said = program("verify", str(report), "--counts-only")
    assert status in (1, 2)


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
