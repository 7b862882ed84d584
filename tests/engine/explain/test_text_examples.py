import numpy as np
import pytest
import torch

from engine.evidence.settings import CertifySettings
from engine.explain.examples import examples
from engine.inputs.base import FittedInput
from engine.inputs.coding import WordTokenizer
from engine.regions import Count, Staircase
from engine.schemes import parse_scheme
from tests.fakes import HalfSpace, fitted, identity

WORDS = WordTokenizer(("wash", "burn", "the", "cup", "house"))
TOKENS = np.array([0, 2, 3, 2], dtype=np.int64)
COUNT = Count(term="words", most=2, unit="words")
STAIRS = Staircase(
    count_term="words", first=0, strength_term="epsilon", reach=(0.5, 0.25), norm="l2",
    unit="pixels in [0,1]", things="words",
)  # fmt: skip


class Filter(HalfSpace):
    """Class 1 iff a 1 is among the words, or the image is bright."""

    def __init__(self, kind: str) -> None:
        super().__init__(0.0)
        shape = (3, 6, 6) if kind == "pair" else (0,)
        self.identity = identity(kind=kind, input_shape=shape)

    @property
    def coding(self) -> WordTokenizer:
        return WORDS

    def scores(self, batch) -> torch.Tensor:
        tokens = batch[-1] if isinstance(batch, tuple) else batch
        score = (tokens == 1).sum(dim=1).float() - 0.5
        if isinstance(batch, tuple):
            score = score + batch[0].mean(dim=(1, 2, 3))
        return torch.stack([-score, score], dim=1)


def told(kind: str, key: str, region, top: int | None = 0, **parameters):
    arrays = (np.full((3, 6, 6), 0.2, dtype=np.float32), TOKENS) if kind == "pair" else (TOKENS,)
    own = {"kind": kind, "alphabet": (5,), "shape": arrays[0].shape}
    own["more_shapes"] = tuple(array.shape for array in arrays[1:])
    given = FittedInput(fitted().identity.model_copy(update=own), arrays)
    scheme = parse_scheme({"key": key, "vocabulary": 5, **parameters})
    settings = CertifySettings(scheme=scheme, n=1000)
    return examples(Filter(kind), given, settings, region=region, center_class=top)


def words(example):
    return example.media[-1].words


def test_masked_words_are_marked_and_shown_as_masks():
    figure = told("text", "text-mask", COUNT, beta=0.6)
    assert words(figure.original) == ("wash", "the", "cup", "the")
    assert figure.original.answer == "class 0" and not figure.original.told()
    assert len(figure.samples) == 3
    for sample in figure.samples:
        for word, mark, clean in zip(
            words(sample), sample.media[0].marks, words(figure.original), strict=True
        ):
            assert (word, mark) in ((clean, ""), ("▯", "masked"))
    assert any(sample.told() for sample in figure.samples)


def test_replaced_words_are_marked_where_they_differ():
    figure = told("text", "text-uniform", COUNT, beta=0.6)
    for sample in figure.samples:
        pairs = zip(words(sample), words(figure.original), strict=True)
        marks = [mark == "replaced" for mark in sample.media[0].marks]
        assert marks == [new != old for new, old in pairs]
        assert sample.answer == ("class 1" if "burn" in words(sample) else "class 0")


def test_an_attack_finds_the_word_that_decides():
    figure = told("text", "text-mask", COUNT)
    assert words(figure.changed({"words": 1.0})).count("burn") == 1
    assert figure.answers == ("class 1", "class 1")
    changed = figure.changed({"words": 4.0})
    assert set(changed.media[0].marks) == {"replaced"} and changed.answer == ""
    assert figure.attack.how == "greedy: the words with the largest effect first"


def test_a_pair_moves_its_image_towards_the_other_class_too():
    figure = told("pair", "hybrid-mask", STAIRS, beta=0.5, sigma=0.25)
    assert all(sample.media[0].pixels.shape == (3, 6, 6) for sample in figure.samples)
    assert np.abs(figure.samples[0].media[0].pixels - 0.2).max() > 0.1
    image = figure.changed({"words": 0.0, "epsilon": 0.5}).media[0]
    np.testing.assert_allclose(image.pixels, 0.2 + 0.5 / np.sqrt(108), atol=1e-5)
    assert figure.attack.how.endswith("the image: down the gradient")
    assert figure.answers == ("class 0", "class 1")


@pytest.mark.parametrize("kind", ["text", "pair"])
def test_without_a_class_there_is_no_attack(kind):
    key, region = ("hybrid-uniform", STAIRS) if kind == "pair" else ("text-uniform", COUNT)
    figure = told(kind, key, region, top=None)
    assert figure.attack is None and figure.answers == ()
