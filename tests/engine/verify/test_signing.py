from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.report.json import write_json
from engine.signing import keys
from engine.verify.signing import sign
from tests.fakes import HalfSpace, finish, fitted


@pytest.fixture
def key(tmp_path: Path) -> keys.SigningKey:
    return keys.create(tmp_path / "k.pem", name="Ada Example")


def evidence_file(path: Path, seed: int = 0) -> Path:
    from engine.procedures.certify import certify

    settings = CertifySettings(n=200, seed=seed)
    write_json(finish(certify(HalfSpace(0.3), fitted(), settings)), path)
    return path


def test_only_what_holds_is_signed(key: keys.SigningKey, tmp_path: Path) -> None:
    file = evidence_file(tmp_path / "run.json")
    assert sign([file], key).exists()
    file.write_text(file.read_text().replace('"seconds": ', '"seconds": 1'))
    with pytest.raises(UserError, match="is not signed: seal: does not hold"):
        sign([file], key)


def test_files_of_two_runs_are_not_signed_together(key: keys.SigningKey, tmp_path: Path) -> None:
    one = evidence_file(tmp_path / "one.json")
    two = evidence_file(tmp_path / "two.json", seed=1)
    with pytest.raises(UserError, match="are not of the same run"):
        sign([one, two], key)
    with pytest.raises(UserError, match="need one name and folder"):
        (tmp_path / "copy.json").write_bytes(one.read_bytes())
        sign([one, tmp_path / "copy.json"], key)


def test_a_signature_replaces_nothing_but_a_signature(key: keys.SigningKey, tmp_path: Path) -> None:
    """Evidence may be called run.dsse.json, where the envelope of run.pdf would go."""
    run, other = evidence_file(tmp_path / "run.json"), tmp_path / "run.dsse.json"
    for text in (run.read_bytes(), b"a note", b""):
        other.write_bytes(text)
        with pytest.raises(UserError, match="belongs into .*run.dsse.json, and what is there"):
            sign([run], key)
        assert other.read_bytes() == text
    other.unlink()
    other.mkdir()
    with pytest.raises(UserError, match="what is there"):
        sign([run], key)
    other.rmdir()
    assert sign([run], key) == sign([run], key) == other
