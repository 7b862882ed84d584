"""Rows at the ends as images; what is not there any more is left out."""

from __future__ import annotations

from engine.core.errors import UserError
from engine.figures.examples import Media
from engine.figures.media import ImageMedium
from engine.report.audit.gallery import gallery
from tests.sets import make_set, read


def show(spec: str) -> Media:
    if spec == "0.3":
        raise UserError("it has gone.")
    return (ImageMedium.of(read(spec).arrays[0]),)


def test_groups_hold_an_image_each_for_inputs_that_open() -> None:
    drawing = gallery(make_set().result, show)
    assert drawing is not None
    groups = {group["title"]: group["tiles"] for group in drawing.data["groups"]}
    notes = [tile["note"].partition(";")[0] for tile in groups["Largest certified"]]
    assert notes == ["0.0", "0.1", "0.2"]
    assert groups["Abstained"][0]["caption"] == "abstains"
    wrong = groups["Certified for another class than the label"][0]
    assert wrong["caption"] == "certified: class 1" and "label class 0" in wrong["note"]
    tiles = [tile for group in groups.values() for tile in group]
    assert sorted(tile["image"] for tile in tiles) == sorted(drawing.files)


def test_without_images_there_is_no_drawing() -> None:
    assert gallery(make_set().result, lambda spec: None) is None
