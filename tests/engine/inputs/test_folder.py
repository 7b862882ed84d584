from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.core.errors import UserError
from engine.inputs import folder, load_input
from engine.inputs.folder import expand, left_out


def draw(path, level=255):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (2, 2), level).save(path)


@pytest.fixture
def animals(tmp_path):
    for name, level in (("dog/b.png", 0), ("cat/a.png", 51), ("dog/a.PNG", 255)):
        draw(tmp_path / name, level)
    (tmp_path / "bird").mkdir()
    return tmp_path


def refusal(function, spec) -> str:
    with pytest.raises(UserError) as refused:
        function(str(spec))
    return str(refused.value)


def test_a_folder_per_class_gives_labels(animals):
    specs = folder.expand(str(animals))
    assert specs == [f"{animals}//cat/a.png", f"{animals}//dog/a.PNG", f"{animals}//dog/b.png"]
    images = [folder.load(spec) for spec in specs]
    assert [image.name for image in images] == ["cat/a.png", "dog/a.PNG", "dog/b.png"]
    assert [(image.label, image.label_name) for image in images] == [
        (1, "cat"),
        (2, "dog"),
        (2, "dog"),
    ]
    assert [image.source for image in images] == specs
    assert np.array_equal(images[0].pixels, np.full((1, 2, 2), 0.2, dtype=np.float32))


def test_a_damaged_image_is_named_as_a_person_writes_it(animals):
    (animals / "cat" / "a.png").write_bytes(b"no image")
    with pytest.raises(UserError) as found:
        folder.load(f"{animals}//cat/a.png")
    assert str(found.value).startswith(f"{animals}/cat/a.png is not an image")


def test_the_labels_are_those_of_torchvision(animals):
    from torchvision.datasets import ImageFolder

    theirs = ImageFolder(str(animals), allow_empty=True)
    ours = [folder.load(spec) for spec in folder.expand(str(animals))]
    assert theirs.classes == ["bird", "cat", "dog"]
    assert [label for _, label in theirs.samples] == [image.label for image in ours]


def test_a_labelled_spec_is_still_the_path_of_its_file(animals):
    assert all(Path(spec).is_file() for spec in folder.expand(str(animals)))


def test_a_plain_folder_has_no_labels(tmp_path):
    for name in ("b.png", "a.jpg", ".hidden.png", "thumbs/c.png"):
        draw(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no image")
    specs = folder.expand(str(tmp_path))
    assert specs == [str(tmp_path / "a.jpg"), str(tmp_path / "b.png")]
    assert not any(folder.claims(spec) for spec in specs)


def test_a_double_slash_by_chance_gives_no_label(animals):
    assert not folder.claims(f"{animals.parent}//{animals.name}/dog/b.png")
    assert not folder.claims(f"//{animals.name}/b.png")
    assert not folder.claims(f"{animals}//../b.png")
    assert folder.expand(f"{animals}//dog/b.png") == [f"{animals}//dog/b.png"]


def test_a_folder_without_images(tmp_path):
    (tmp_path / "notes.txt").write_text("no image")
    expected = (
        f"There is no image in the folder {tmp_path}; put PNG, JPEG, WebP, BMP, TIFF or GIF "
        "files into it, or into one folder per class."
    )
    assert refusal(folder.expand, tmp_path) == expected
    assert refusal(folder.load, tmp_path) == expected


def test_one_image_has_to_be_named(animals):
    assert refusal(folder.load, animals) == (
        f"{animals} is a folder of 3 images; name one, e.g. {animals}//cat/a.png."
    )


def test_a_labelled_image_that_is_gone(animals):
    sentence = refusal(folder.load, f"{animals}//dog/gone.png")
    assert sentence.startswith(f"There is no image {animals}/dog/gone.png; give a PNG")


def test_a_folder_that_may_not_be_read(animals, monkeypatch):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(animals), "iterdir", refuse)
    for function, spec in ((folder.expand, animals), (folder.load, f"{animals}//dog/b.png")):
        assert refusal(function, spec) == f"Cannot read the folder {animals}: Permission denied."


@pytest.mark.parametrize("spec", ["", "x" * 5000, "a\0b", "digits:7"])
def test_other_specs_are_left_to_other_kinds(spec):
    assert not folder.claims(spec)


def test_a_moved_image_keeps_its_class(animals, tmp_path):
    for spec, place, expected in (
        ("old//cat/a.png", animals / "cat" / "a.png", f"{animals}//cat/a.png"),
        ("old/a.png", animals / "cat" / "a.png", str(animals / "cat" / "a.png")),
        ("old//cat/a.png", tmp_path / "a.png", str(tmp_path / "a.png")),
    ):
        assert folder.found_at(spec, place) == expected


CASES = Path(__file__).parents[2] / "cases" / "field" / "folders"
"""Made for this project."""


def test_images_of_other_formats_and_what_is_skipped():
    found = expand(str(CASES / "mixed"))
    assert [Path(one).name for one in found] == [
        *("a.png", "b.jfif", "c.avif", "d.ppm", "e.jp2", "g.png"),
    ]
    assert {load_input(one).pixels.shape[0] for one in found} == {3}
    said = "Skipped a file that is not an image by its ending: f.heic"
    assert left_out(str(CASES / "mixed")) == said
    assert left_out(str(CASES / "numbered")) == left_out("digits") == ""


def test_files_beside_the_folders_of_the_classes_are_skipped_in_words_too(animals):
    assert left_out(str(animals)) == ""
    (animals / "notes.txt").write_text("no image")
    said = "Skipped a file that is not an image by its ending: notes.txt"
    assert left_out(str(animals)) == said


def test_how_many_more_files_were_skipped_is_said(tmp_path):
    for number in range(9):
        (tmp_path / f"{number}.txt").touch()
    said = left_out(str(tmp_path))
    assert said.startswith("Skipped 9 files") and said.endswith("4.txt and 4 more")
