import pytest

from engine.core.errors import UserError
from engine.slides.film import Film


@pytest.mark.parametrize(
    ("film", "sentence"),
    [
        (Film(seconds=0), "seconds must be more than 0 and at most 600"),
        (Film(seconds=float("nan")), "seconds must be more than 0 and at most 600"),
        (Film(fps=0), "fps must be 1 to 60 frames"),
        (Film(width=100), "320 to 3,840 pixels"),
    ],
)
def test_what_no_film_can_be_is_said(film: Film, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        film.check()


def test_the_usual_film_can_be() -> None:
    Film().check()
