import hashlib
import os

import numpy as np
import pytest
from PIL import Image

from engine.core.errors import UserError
from engine.inputs import image

GIVE = "give a PNG, JPEG, WebP, BMP, TIFF or single-frame GIF file"


def refusal(spec) -> str:
    with pytest.raises(UserError) as refused:
        image.load(str(spec))
    return str(refused.value)


def test_a_file_gives_its_name_its_digest_and_its_pixels(tmp_path):
    levels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3) * 10
    path = tmp_path / "small.png"
    Image.fromarray(levels).save(path)
    loaded = image.load(str(path))
    assert (loaded.name, loaded.source) == ("small.png", str(path))
    assert loaded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert loaded.pixels.shape == (3, 2, 4) and loaded.pixels.dtype == np.float32
    assert np.array_equal(loaded.pixels, levels.transpose(2, 0, 1) / np.float32(255))
    assert loaded.label is None and loaded.notes == ()


def test_the_home_folder_may_be_abbreviated(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    Image.new("L", (2, 2), 255).save(tmp_path / "white.png")
    assert image.load("~/white.png").source == "~/white.png"


def test_an_unknown_users_home_is_no_crash():
    assert refusal("~nobody-of-this-name/x.png").startswith(
        f"There is no image ~nobody-of-this-name/x.png; {GIVE}"
    )


def test_the_clipboard_gives_an_image(tmp_path):
    path = tmp_path / "x.png"
    Image.new("L", (3, 2), 51).save(path)
    loaded = image.from_bytes(path.read_bytes(), "pasted image")
    assert (loaded.name, loaded.source) == ("pasted image", "pasted image")
    assert np.array_equal(loaded.pixels, np.full((1, 2, 3), 0.2, dtype=np.float32))


def test_an_absent_file():
    assert refusal("holiday.png") == (
        f"There is no image holiday.png; {GIVE}, a folder of them, or a shipped digit such as "
        "digits:7."
    )
    assert refusal("").startswith("There is no image (empty name); give a PNG")


def test_an_empty_file(tmp_path):
    path = tmp_path / "empty.png"
    path.touch()
    assert refusal(path) == f"{path} is empty; {GIVE}."


def test_a_file_that_is_too_long_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "long.bmp"
    with path.open("wb") as file:
        file.truncate(200_000_001)  # a hole: it takes no room on the disk
    monkeypatch.setattr(type(path), "read_bytes", lambda _: pytest.fail("it was read"))
    assert refusal(path) == (
        f"{path} has 200 MB, more than the 200 MB that open here; save a smaller image."
    )


def test_something_that_is_no_file(tmp_path):
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    assert refusal(pipe) == f"{pipe} is no ordinary file; {GIVE}."


@pytest.mark.parametrize("spec", ["x" * 5000 + ".png", "a\0b.png"])
def test_a_name_that_no_file_system_takes(spec):
    sentence = refusal(spec)
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 400


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "private.png"
    path.write_bytes(b"x")

    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", refuse)
    assert refusal(path) == f"Cannot read {path}: Permission denied; {GIVE}."
