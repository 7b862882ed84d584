"""pyHanko in a process of its own: beside the library other tests read PDFs with, it may crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.report.pdf import pdf_bytes
from engine.signing import keys, pades
from tests.factories import make_evidence

SCRIPT = """
import sys, json
from pathlib import Path
from engine.signing import keys, pades
key = keys.create(Path(sys.argv[1]) / "k.pem", name="Ada Example")
pdf = Path(sys.argv[2]).read_bytes()
signed = pades.sign(pdf, key)
def told(data):
    found = pades.inspect(data)
    return [[each.signer.name, each.signer.fingerprint, each.problem] for each in found]
flipped = bytearray(signed); flipped[len(pdf) // 2] ^= 1
def updated(data):
    from io import BytesIO
    from pyhanko.pdf_utils.generic import pdf_name
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    writer, out = IncrementalPdfFileWriter(BytesIO(data)), BytesIO()
    writer.root["/PageMode"] = pdf_name("/UseNone")
    writer.update_root()
    writer.write(out)
    return out.getvalue()
def safely(data):
    try:
        return told(data)
    except Exception as error:
        return [["", "", type(error).__name__]]
print(json.dumps({
    "fingerprint": key.public.fingerprint, "same": signed.startswith(pdf),
    "carries": [pades.carries_signature(pdf), pades.carries_signature(signed)],
    "whole": told(signed), "flipped": safely(bytes(flipped)), "longer": safely(signed + b"\\n%x"),
    "updated": safely(updated(signed)),
}))
"""


def test_a_signature_covers_the_whole_pdf_and_names_its_key(tmp_path: Path) -> None:
    import json

    file = tmp_path / "run.pdf"
    file.write_bytes(pdf_bytes(make_evidence()))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(tmp_path), str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["same"] is True
    assert found["carries"] == [False, True]
    assert found["whole"] == [["Ada Example", found["fingerprint"], ""]]
    assert found["flipped"][0][2]
    assert found["longer"][0][2]
    assert found["updated"] == [
        ["Ada Example", found["fingerprint"], "it does not cover the whole file"]
    ]
    assert done.stderr == ""


def test_without_pyhanko_the_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pades, "available", lambda: False)
    key = keys.create(tmp_path / "k.pem", name="Ada")
    with pytest.raises(UserError, match="install certiscope with the extra 'sign'"):
        pades.sign(b"%PDF", key)
