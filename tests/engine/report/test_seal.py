from __future__ import annotations

import io
import random

import pikepdf

from engine.report.pdf import pdf_bytes
from engine.report.seal import read_seal, sealed
from tests.factories import make_evidence

PLAIN = b"%PDF-1.7\n1 0 obj\nendobj\nxref\ntrailer\n<<>>\nstartxref\n24\n%%EOF"


def test_every_flipped_bit_of_a_small_file_is_noticed() -> None:
    whole = sealed(PLAIN)
    for index in range(len(whole)):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[index] ^= 1 << bit
            seal = read_seal(bytes(flipped))
            assert seal is None or not seal.whole, index


def test_flips_anywhere_in_a_report_are_noticed() -> None:
    whole, rng = pdf_bytes(make_evidence()), random.Random(0)
    seal = read_seal(whole)
    assert seal is not None and seal.whole and not seal.appended
    for _ in range(300):
        flipped = bytearray(whole)
        flipped[rng.randrange(len(whole))] ^= rng.randrange(1, 256)
        found = read_seal(bytes(flipped))
        assert found is None or not found.whole


def test_what_is_appended_is_told_apart_from_what_is_changed() -> None:
    seal = read_seal(sealed(PLAIN) + b"\n2 0 obj")
    assert seal is not None and seal.whole and seal.appended
    assert read_seal(PLAIN) is None


def test_readers_of_pdf_still_open_it() -> None:
    with pikepdf.open(io.BytesIO(pdf_bytes(make_evidence()))) as pdf:
        assert not pdf.check_pdf_syntax()
