from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.signing import attestation, keys, pades
from engine.verify import Plan, verify
from engine.verify.report import Claim
from engine.verify.signatures import check_inside
from engine.verify.signing import sign

COUNTS = Plan(counts_only=True)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def signed(exported: Path) -> Path:
    key = keys.create(exported / "k.pem", name="Ada Example")
    sign([exported / "run.json", exported / "run.pdf"], key)
    return exported


def signatures(path: Path) -> list[Claim]:
    return [c for c in verify(path, COUNTS).claims if c.name.startswith("sign")]


@pytest.mark.walk
@pytest.mark.parametrize("name", ["run.json", "run.pdf"])
def test_whose_signature_it_is_and_whether_the_key_is_known(signed: Path, name: str) -> None:
    signature, signer = signatures(signed / name)
    assert signature.verdict == "holds" and "'Ada Example', key " in signature.detail
    assert signer.verdict == "cannot be checked" and "keys trust" in signer.detail
    keys.trust(keys.read_public(signed / "k.pub.json"))
    signature, signer = signatures(signed / name)
    assert (signature.verdict, signer.verdict) == ("holds", "holds")
    assert signer.detail == "Ada Example, a key you trust"
    assert verify(signed / name, COUNTS).ok


def test_one_s_own_key_is_not_said_to_be_one_that_is_trusted(exported: Path) -> None:
    own = keys.create(keys.default_path(), name="Ada Example")
    sign([exported / "run.json"], own)
    said = [(c.verdict, c.detail) for c in signatures(exported / "run.json")]
    assert said[1:] == [("holds", "Ada Example, your own key")]
    keys.trust(own.public)  # it stays one's own
    assert signatures(exported / "run.json")[1].detail == "Ada Example, your own key"


def test_a_file_changed_after_it_was_signed_does_not_hold(signed: Path) -> None:
    file = signed / "run.json"
    file.write_bytes(file.read_bytes() + b"\n")
    (signature,) = signatures(file)
    assert signature.verdict == "does not hold" and "other bytes" in signature.detail


def test_a_changed_envelope_does_not_hold(signed: Path) -> None:
    place = attestation.envelope_path(signed / "run.json")
    raw = json.loads(place.read_text())
    raw["payload"] = "e30="
    place.write_text(json.dumps(raw))
    assert signatures(signed / "run.json")[0].verdict == "does not hold"
    place.write_text("rubbish")
    assert signatures(signed / "run.json")[0].verdict == "does not hold"


def test_every_flipped_byte_of_an_envelope_is_noticed(signed: Path) -> None:
    place = attestation.envelope_path(signed / "run.json")
    keys.trust(keys.read_public(signed / "k.pub.json"))
    whole = place.read_bytes()
    assert verify(signed / "run.json", COUNTS).ok
    start = whole.index(b'"sig"')
    for index in range(start + 8, start + 60, 7):
        flipped = bytearray(whole)
        flipped[index] = ord("A") if flipped[index] != ord("A") else ord("B")
        place.write_bytes(flipped)
        assert not verify(signed / "run.json", COUNTS).ok


def test_a_forger_who_signs_anew_is_not_known(signed: Path) -> None:
    keys.trust(keys.read_public(signed / "k.pub.json"))
    attestation.envelope_path(signed / "run.json").unlink()
    forger = keys.create(signed / "f.pem", name="Ada Example")
    sign([signed / "run.json"], forger)
    assert [c.verdict for c in signatures(signed / "run.json")] == ["holds", "cannot be checked"]
    assert not verify(signed / "run.json", COUNTS).ok


def test_without_pyhanko_a_signature_inside_cannot_be_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pades, "available", lambda: False)
    (claim,) = check_inside(b"%PDF /Sig /ByteRange")
    assert claim.verdict == "cannot be checked" and "extra 'sign'" in claim.detail
    assert list(check_inside(b"%PDF")) == []


def test_an_envelope_that_signs_the_other_file_of_a_run_is_no_failure(exported: Path) -> None:
    key = keys.create(exported / "k.pem", name="Ada Example")
    sign([exported / "run.json"], key)
    found = verify(exported / "run.pdf", COUNTS)
    assert found.ok and not signatures(exported / "run.pdf")
    assert found.notes[0].endswith("is about run.json and not about this file.")
    assert "run.dsse.json, signed by 'Ada Example', key" in found.notes[0]
    (claim,) = signatures(exported / "run.json")[:1]
    assert claim.verdict == "holds"
    demanded = verify(exported / "run.pdf", Plan(counts_only=True, signed=True))
    assert [c.verdict for c in demanded.claims if c.name == "signature"] == ["does not hold"]


def test_an_envelope_that_names_a_file_of_this_kind_is_about_this_one(signed: Path) -> None:
    """Whatever the names: both were moved, and the report is another."""
    for ending in (".pdf", ".dsse.json"):
        (signed / f"run{ending}").rename(signed / f"other{ending}")
    file = signed / "other.pdf"
    file.write_bytes(file.read_bytes() + b"\n")
    (claim,) = signatures(file)
    assert claim.verdict == "does not hold" and "other bytes" in claim.detail


@pytest.mark.thorough
def test_a_key_that_signed_beside_and_inside_is_named_once(exported: Path) -> None:
    pytest.importorskip("pyhanko")
    sign([exported / "run.pdf"], keys.create(exported / "k.pem", name="Ada Example"), inside=True)
    found = [claim.name for claim in signatures(exported / "run.pdf")]
    assert sorted(found) == ["signature beside the file", "signature in the PDF", "signer"]
