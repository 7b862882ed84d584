from __future__ import annotations

from engine.api import smooth
from engine.explain.illustrations import illustrate
from engine.schemes.uniform import Uniform


def test_the_images_are_of_the_run() -> None:
    result = smooth("demo:digits-0.25", device="cpu").certify("digits:52", n=200).result()
    found = illustrate(result.evidence, result.classifier, result.fitted, seconds=0.05)
    assert found.region is not None and found.examples is not None
    assert found.region.center_class == result.predicted_class
    tested = smooth("demo:digits-0.25", device="cpu").predict("digits:52", n=200).result()
    assert (
        illustrate(tested.evidence, tested.classifier, tested.fitted, seconds=0.05).region is None
    )
    square = smooth("demo:digits-0.25", Uniform(norm="linf", sigma=0.1), device="cpu")
    result = square.certify("digits:52", n=200).result()
    found = illustrate(result.evidence, result.classifier, result.fitted, seconds=0.05).region
    assert found is not None and found.norm == "linf"
    assert found.axes == ("one number of the image", "another")
