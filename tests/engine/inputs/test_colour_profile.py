"""Profiles that Pillow's colour management writes, and the same with other numbers in them."""

from __future__ import annotations

import io
import struct

import numpy as np
from PIL import Image, ImageCms

from engine.inputs.colour_profile import profile_note
from engine.inputs.image import from_bytes

SRGB: bytes = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def with_curve(curve: bytes) -> bytes:
    """sRGB's profile with another curve, written over its own (32 bytes, shared by all three)."""
    place = SRGB.index(b"para")
    return SRGB[:place] + curve.ljust(32, b"\0") + SRGB[place + 32 :]


def test_srgb_is_told_by_its_numbers() -> None:
    assert profile_note(SRGB) == ""
    gamma = struct.pack(">4sIIH", b"curv", 0, 1, round(2.2 * 256))
    assert profile_note(with_curve(gamma)) == ""
    table = [round(65535 * (n / 8) ** 2.2) for n in range(9)]
    assert profile_note(with_curve(struct.pack(">4sII9H", b"curv", 0, 9, *table))) == ""
    renamed = SRGB.replace("sRGB built-in".encode("utf-16-be"), "other, really".encode("utf-16-be"))
    assert profile_note(renamed) == ""


def test_others_are_named() -> None:
    linear = with_curve(struct.pack(">4sII", b"curv", 0, 0))
    gamma = with_curve(struct.pack(">4sIHHi", b"para", 0, 0, 0, 65536))
    red = struct.pack(">3i", *(round(65536 * one) for one in (0.5151, 0.2412, -0.0011)))
    wide = bytearray(SRGB)
    (start,) = struct.unpack_from(">I", SRGB, SRGB.index(b"rXYZ") + 4)
    place = start + 8
    wide[place : place + 12] = red
    for profile in (linear, gamma, bytes(wide)):
        assert profile_note(profile) == (
            "its colour profile ('sRGB built-in') is not sRGB and was not applied: its values are "
            "as stored, as the usual loaders read them, and look otherwise on a screen"
        )
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert "is not sRGB" in profile_note(lab)


def test_damaged_profiles_do_no_harm() -> None:
    for size in (1, 100, 131, 140, 300, len(SRGB) - 40):
        assert isinstance(profile_note(SRGB[:size]), str)
    assert profile_note(b"") == profile_note(b"\0" * 132)
    for seed in range(200):
        damaged = np.frombuffer(SRGB, dtype=np.uint8).copy()
        generator = np.random.default_rng(seed)
        damaged[generator.integers(128, len(SRGB), 4)] = generator.integers(0, 256, 4)
        assert profile_note(damaged.tobytes()).count("\n") == 0


def test_the_values_stay_and_the_note_is_the_image_s() -> None:
    levels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    for profile, notes in ((SRGB, 0), (with_curve(struct.pack(">4sII", b"curv", 0, 0)), 1)):
        file = io.BytesIO()
        Image.fromarray(levels).save(file, "PNG", icc_profile=profile)
        image = from_bytes(file.getvalue(), "a.png")
        assert np.array_equal(np.rint(image.pixels * 255), levels.transpose(2, 0, 1))
        assert len(image.notes) == notes
