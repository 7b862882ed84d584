import hashlib
import importlib
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from PIL import Image

import engine.inputs
from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.inputs import (
    KINDS,
    drawn,
    expand,
    expand_shipped,
    fit,
    load_first,
    load_input,
    local,
    spread,
)
from engine.inputs.image import from_bytes
from engine.inputs.shipped import gallery


def test_importing_inputs_loads_nothing_slow():
    code = "import sys, engine.inputs; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "torchvision", "sklearn", "scipy", "PIL"} & set(done.stdout.split())


def test_every_module_of_the_table_has_the_three_functions():
    for kind in KINDS:
        module = importlib.import_module(f"engine.inputs.{kind.module}")
        assert all(callable(getattr(module, name)) for name in ("claims", "load", "expand"))


WITHOUT_A_FOLDER = [kind for kind in KINDS if kind.module != "folder"]


@pytest.mark.parametrize("kind", WITHOUT_A_FOLDER, ids=lambda kind: kind.module)
def test_every_example_belongs_to_its_kind(kind):
    claiming = [
        other.module
        for other in KINDS
        if importlib.import_module(f"engine.inputs.{other.module}").claims(kind.example)
    ]
    assert claiming[0] == kind.module


def test_the_gallery_loads_at_once_and_fits_the_shipped_models():
    model = ModelIdentity(
        name="m",
        source="m",
        format="safetensors",
        sha256="0",
        architecture="digits_cnn",
        class_names=tuple("0123456789"),
        input_shape=(1, 8, 8),
    )
    for spec in gallery():
        fitted = fit(load_input(spec), model)
        assert fitted.identity.adaptation == "" and fitted.identity.notes == ()


def test_whatever_expand_gives_can_be_loaded(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "set" / name).mkdir(parents=True)
        Image.new("L", (2, 2)).save(tmp_path / "set" / name / "a.png")
    single = str(tmp_path / "set" / "cat" / "a.png")
    for spec in (str(tmp_path / "set"), single, "digits:7"):
        specs = expand(spec)
        assert [load_input(each).source for each in specs] == specs
    assert load_input(single).label is None


def test_bytes_become_an_image():
    with pytest.raises(UserError, match=r"^clipboard is empty; give a PNG"):
        from_bytes(b"", "clipboard")


def test_loading_twice_gives_the_same(tmp_path):
    path = tmp_path / "x.png"
    Image.fromarray(np.arange(12, dtype=np.uint8).reshape(2, 2, 3)).save(path)
    one, two = load_input(str(path)), load_input(str(path))
    assert one.sha256 == two.sha256 and np.array_equal(one.pixels, two.pixels)


def test_the_public_names():
    assert all(hasattr(engine.inputs, name) for name in engine.inputs.__all__)


def test_inputs_are_taken_evenly() -> None:
    assert spread(list("abcdef"), 3) == ["a", "c", "e"]
    assert spread(list("abc"), 3) == spread(list("abc"), 9) == list("abc")


def test_a_draw_is_without_replacement_and_the_seed_decides_it() -> None:
    """The lots by hand: SHA-256 of ``seed:place``; a smaller draw is the first of a larger one."""
    items = list("abcdefghij")
    lots = [hashlib.sha256(f"7:{place}".encode()).hexdigest() for place in range(10)]
    expected = [items[lots.index(lot)] for lot in sorted(lots)]
    assert drawn(items, 9, 7) == expected[:9] and drawn(items, 4, 7) == expected[:4]
    assert drawn(items, 4, 8) != expected[:4]
    assert drawn(items, 10, 7) == drawn(items, 99, 7) == items
    with pytest.raises(UserError, match=r"--limit must be 1 or more \(it was 0\)"):
        drawn(items, 0, 7)


def test_every_item_is_drawn_as_often() -> None:
    """Of 2,000 draws of 3 of 12, each item is in 500 on average, with deviation 19.4."""
    counts = Counter(item for seed in range(2000) for item in drawn(range(12), 3, seed))
    assert all(abs(counts[item] - 500) < 5 * 19.4 for item in range(12))


def test_a_local_folder_goes_before_a_shipped_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shipped = expand("digits")
    for name in ("digits", "karate", "mixed"):
        assert local(name) == name
        (tmp_path / name).mkdir()
        assert local(name) == f"./{name}"
    Image.fromarray(np.zeros((2, 2), np.uint8)).save(tmp_path / "digits" / "a.png")
    assert expand("digits") == ["digits/a.png"] and expand_shipped("digits") == shipped
    assert load_input("digits:7").name == "digit 7"


def test_the_first_of_a_set_that_opens(tmp_path):
    specs = [str(tmp_path / "none.png"), str(tmp_path / "neither.png"), "digits:7", "digits:8"]
    assert load_first(specs).source == "digits:7"
    with pytest.raises(UserError, match=r"none\.png"):
        load_first(specs[:2])
    with pytest.raises(UserError, match="no input"):
        load_first([])
