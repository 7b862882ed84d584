from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.report.json import write_json
from engine.report.pdf import write_pdf
from engine.verify import Plan, verify
from gui.jobs.signing_jobs import known_keys, make_key, open_key, signed, trust_key
from tests.fakes import HalfSpace, finish, fitted


@cache
def run(seed: int) -> Evidence:
    return finish(certify(HalfSpace(0.3), fitted(), CertifySettings(n=200, seed=seed)))


def saved(path: Path, seed: int = 0) -> Path:
    evidence = run(seed)
    (write_pdf if path.suffix == ".pdf" else write_json)(evidence, path)
    return path


def verdicts(path: Path) -> Counter[str]:
    claims = verify(path, Plan(counts_only=True, signed=True)).claims
    return Counter(f"{c.name}: {c.verdict}" for c in claims if c.name.startswith("sign"))


def test_a_key_is_made_locked_opened_and_known(tmp_path):
    assert known_keys().own is None
    made = make_key("Ada Example", "secret")
    found = known_keys()
    assert found.own == made.public and found.locked and found.path.is_file()
    assert open_key("secret").public == made.public
    with pytest.raises(UserError, match="passphrase is another one"):
        open_key("wrong")
    with pytest.raises(UserError, match="exists already"):
        make_key("Ada Example", "")
    from engine.signing import keys

    other = keys.create(tmp_path / "other.pem", name="Bob Example")
    assert trust_key(tmp_path / "other.pub.json") == other.public
    assert known_keys().trusted == (other.public,)
    with pytest.raises(UserError, match="no public key of Certiscope"):
        trust_key(saved(tmp_path / "x.json"))


@pytest.mark.thorough
def test_report_and_evidence_of_one_name_are_both_signed_whichever_is_saved_last(tmp_path):
    key = make_key("Ada Example", "")
    for order in (("pdf", "json"), ("json", "pdf")):
        folder = tmp_path / order[0]
        folder.mkdir()
        for suffix in order:
            said = signed(saved(folder / f"run.{suffix}"), key)
            assert "Ada Example" in said and key.public.fingerprint[:16] in said
        for suffix in order:
            found = verdicts(folder / f"run.{suffix}")
            assert all(claim.endswith(": holds") for claim in found), found
            assert found["signature beside the file: holds"] == 1


def test_another_run_s_signature_is_not_written_over(tmp_path):
    key = make_key("Ada Example", "")
    signed(saved(tmp_path / "run.json"), key)
    with pytest.raises(UserError, match=r"run.dsse.json signs run.json, which is of another run"):
        signed(saved(tmp_path / "run.pdf", seed=1), key)
    assert all(claim.endswith(": holds") for claim in verdicts(tmp_path / "run.json"))
