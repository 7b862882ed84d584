import pytest

from engine.core.errors import UserError
from engine.slides.export import write_slides
from engine.slides.film import Film
from tests.factories import make_predicted

BEGINS = {
    ".png": b"\x89PNG",
    ".svg": b"<svg",
    ".pdf": b"%PDF",
    ".html": b"<!DOCTYPE",
    ".gif": b"GIF8",
}


@pytest.mark.parametrize("suffix", list(BEGINS))
def test_the_ending_says_what_is_written(certified, tmp_path, suffix) -> None:
    path = tmp_path / f"x{suffix}"
    write_slides(certified, path, Film(seconds=0.1, fps=1, width=320))
    assert path.read_bytes().lstrip().startswith(BEGINS[suffix])


def test_a_prediction_has_a_slide_and_no_replay(tmp_path) -> None:
    write_slides(make_predicted(), tmp_path / "x.svg")
    with pytest.raises(UserError, match="nothing to replay"):
        write_slides(make_predicted(), tmp_path / "x.gif")


def test_another_ending_is_refused_by_naming_all(certified, tmp_path) -> None:
    with pytest.raises(UserError, match=r"must be one of \.gif, \.mp4, .*\.pdf, or none"):
        write_slides(certified, tmp_path / "x.tiff")
