from engine.regions import Ball


def ball(radius: float) -> Ball:
    return Ball(norm="l2", radius=radius, unit="pixels in [0,1]")


def test_contains_is_strict_as_the_theorem():
    assert ball(0.5).contains({"radius": 0.4999})
    assert not ball(0.5).contains({"radius": 0.5})
    assert ball(0.5).contains({"radius": 0.0})


def test_words_round_down():
    words = ball(0.4709999).clause("image")
    assert words == "no change of this image with l2 norm below 0.470 (all pixels in [0,1])"
    assert ball(0.4709999).headline() == "R = 0.470"


def test_round_trip():
    assert Ball.model_validate_json(ball(0.1234567890123).model_dump_json()) == ball(
        0.1234567890123
    )
