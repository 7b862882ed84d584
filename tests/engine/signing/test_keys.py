from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.signing import keys


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_a_new_key_is_for_its_owner_alone_and_comes_back() -> None:
    path = keys.default_path()
    made = keys.create(path, name="Ada Example")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = keys.load(path)
    assert again.public == made.public
    assert again.sign(b"x") == made.sign(b"x")
    assert len(made.public.fingerprint) == 64


def test_keys_are_never_overwritten() -> None:
    keys.create(keys.default_path(), name="Ada")
    with pytest.raises(UserError, match="exists already, and keys are never overwritten"):
        keys.create(keys.default_path(), name="Ada")


def test_a_passphrase_locks(tmp_path: Path) -> None:
    path = tmp_path / "k.pem"
    keys.create(path, name="Ada", passphrase="open sesame")
    assert b"ENCRYPTED" in path.read_bytes()
    with pytest.raises(UserError, match="is locked; give its passphrase"):
        keys.load(path)
    with pytest.raises(UserError, match="or its passphrase is another one"):
        keys.load(path, passphrase="sesame")
    assert keys.load(path, passphrase="open sesame").public.name == "Ada"


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 201])
def test_a_key_needs_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="A key needs a name"):
        keys.create(tmp_path / "k.pem", name=name)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "k.pem"
    with pytest.raises(UserError, match="certiscope keys new makes one"):
        keys.load(path)
    path.write_text("rubbish")
    with pytest.raises(UserError, match="is no private key"):
        keys.load(path)
    path.with_name("k.pub.json").write_text('{"name": "x"}')
    with pytest.raises(UserError, match="is no public key of Certiscope"):
        keys.read_public(path.with_name("k.pub.json"))


def test_a_public_file_of_another_key_is_noticed(tmp_path: Path) -> None:
    keys.create(tmp_path / "a.pem", name="A")
    keys.create(tmp_path / "b.pem", name="B")
    (tmp_path / "b.pub.json").replace(tmp_path / "a.pub.json")
    with pytest.raises(UserError, match="does not belong to"):
        keys.load(tmp_path / "a.pem")


def test_own_and_trusted_keys_are_known(tmp_path: Path) -> None:
    own = keys.create(keys.default_path(), name="Own")
    other = keys.create(tmp_path / "k.pem", name="Other")
    assert set(keys.known()) == {own.public.fingerprint}
    place = keys.trust(keys.read_public(tmp_path / "k.pub.json"))
    assert set(keys.known()) == {own.public.fingerprint, other.public.fingerprint}
    stated = json.loads(place.read_text())
    place.write_text(json.dumps({**stated, "key": "00" * 32}))
    assert set(keys.known()) == {own.public.fingerprint}


def test_one_s_own_key_is_told_from_those_of_others(tmp_path: Path) -> None:
    assert keys.own() is None
    keys.trust(keys.create(tmp_path / "bob.pem", name="Bob").public)
    made = keys.create(keys.default_path(), name="Ada")
    assert keys.own() == made.public and len(keys.known()) == 2
    keys.public_path(keys.default_path()).write_text("rubbish")
    assert keys.own() is None and len(keys.known()) == 1
