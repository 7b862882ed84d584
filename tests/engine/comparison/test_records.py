from collections.abc import Mapping
from typing import ClassVar

import pytest
from pydantic import ValidationError

from engine.comparison.records import Candidate, Outcome, TradeOff, labels, names
from engine.core.errors import UserError
from engine.core.fields import checked
from engine.figures.comparison import Share
from engine.models.request import ModelRequest
from engine.regions import Ball, Count, Norm, Perturbation, Region, Staircase, Term
from engine.schemes import Ablation, Gaussian, HierarchicalGaussian, Scheme
from engine.schemes.attacker import Attacker


class Pixels(Gaussian):
    """Counts pixels alone."""

    region_type: ClassVar[type[Region]] = Count
    terms: ClassVar[Mapping[str, Term]] = {"entities": Term("pixels", whole=True)}

    def covering(self, *, entities: int, sizes: Mapping[Norm, float]) -> Perturbation:
        return {"entities": float(entities)}


class Steps(Gaussian):
    """Counts pixels and measures their change."""

    region_type: ClassVar[type[Region]] = Staircase
    terms: ClassVar[Mapping[str, Term]] = {
        "entities": Term("pixels", whole=True),
        "epsilon": Term("norm"),
    }

    def covering(self, *, entities: int, sizes: Mapping[Norm, float]) -> Perturbation:
        return {"entities": float(entities), "epsilon": sizes["l2"]}


BALL = Ball(norm="l2", radius=0.5, unit="pixels in [0,1]")
COUNT = Count(term="entities", most=3, unit="pixels")
STAIRS = Staircase(
    count_term="entities",
    first=1,
    strength_term="epsilon",
    reach=(0.9, 0.4),
    norm="l2",
    unit="pixels in [0,1]",
    things="pixels",
)


def outcome(region, label: int | None = 7, predicted: int | None = 7) -> Outcome:
    return Outcome(
        input="digits:1",
        label=label,
        predicted_class=predicted if region is not None else None,
        class_name=str(predicted),
        region=region,
    )


def tradeoff(*outcomes: tuple[Outcome, ...]) -> TradeOff:
    schemes = (Gaussian(), Pixels(), Steps())
    candidates = tuple(
        Candidate.model_construct(model=ModelRequest(f"m{i}"), name=f"m{i}", scheme=scheme)
        for i, scheme in enumerate(schemes[: len(outcomes)])
    )
    return TradeOff.model_construct(
        candidates=candidates,
        outcomes=outcomes,
        inputs=max(len(found) for found in outcomes),
        n0=10,
        n=100,
        alpha=0.001,
        bound="live",
        noise="float",
        seed=0,
    )


def counted(share: Share | None) -> int | None:
    return None if share is None else share.count


ONE = tradeoff((outcome(BALL),), (outcome(COUNT),), (outcome(STAIRS),))


def test_each_region_answers_in_its_own_terms():
    def who(entities: int, epsilon: float) -> list[int | None]:
        attacker = Attacker(entities=entities, epsilon=epsilon)
        return [counted(ONE.certified(i, attacker)) for i in range(3)]

    assert who(1, 0.45) == [1, 1, 1]
    assert who(2, 0.45) == [1, 1, 0]
    assert who(1, 0.8) == [0, 1, 1]
    assert who(4, 0.45) == [1, 0, 0]
    assert who(4, 5.0) == [0, 0, 0]


def test_winners_are_those_with_the_highest_share():
    assert ONE.winners(Attacker(entities=1, epsilon=0.8)) == [1, 2]
    assert ONE.winners(Attacker(entities=4, epsilon=5.0)) == []


def test_shares_count_correct_certificates_only():
    result = tradeoff((outcome(BALL), outcome(BALL, label=3), outcome(None), outcome(BALL)))
    assert result.answered(0) == Share.of_inputs(2, 4)
    assert counted(result.certified(0, Attacker(entities=9, epsilon=0.1))) == 2
    assert counted(result.certified(0, Attacker(entities=9, epsilon=0.6))) == 0


def test_where_no_answer_is_known_any_certified_class_counts():
    result = tradeoff((outcome(BALL, label=None), outcome(None, label=None)))
    assert counted(result.answered(0)) == 1
    assert not result.labelled and ONE.labelled


def test_shares_compare_like_with_like():
    """An input that only some have answered counts for nobody; the very first one does."""
    ahead = tradeoff((outcome(BALL), outcome(None)), (outcome(COUNT),))
    assert ahead.done == 1 and ahead.answered(0) == Share.of_inputs(1, 1)
    begun = tradeoff((outcome(BALL),), ())
    assert begun.answered(0) == Share.of_inputs(1, 1)
    assert begun.answered(1) is None and begun.certified(1, Attacker()) is None


def test_verdicts_say_who_withstands():
    weak, strong = Attacker(entities=1, epsilon=0.4), Attacker(entities=1, epsilon=0.8)
    assert ONE.verdict(0, weak) == (True, "withstands it: stays '7'")
    assert ONE.verdict(0, strong) == (False, "predicts '7', not certified against it")
    assert tradeoff((outcome(None),)).verdict(0, weak) == (False, "abstains")
    assert tradeoff((outcome(BALL, label=3),)).verdict(0, weak) == (
        False,
        "predicts '7', but it is '3'",
    )
    assert tradeoff((outcome(BALL),), ()).verdict(1, weak) == (False, "not asked yet")


def test_the_first_input_is_named():
    assert ONE.first_input == "digits:1"
    assert tradeoff((), ()).first_input == ""


def candidates(*schemes: Scheme) -> list[Candidate]:
    return [Candidate(model=f"m{i}", name=f"net {i}", scheme=s) for i, s in enumerate(schemes)]


def test_parameters_are_named_where_they_tell_apart():
    found = labels(
        candidates(
            Gaussian(sigma=0.25),
            Gaussian(sigma=0.5),
            HierarchicalGaussian(p=0.9, sigma=0.25),
            Ablation(entities=64, keep=12),
        )
    )
    assert found == (
        "Gaussian, sigma 0.25",
        "Gaussian, sigma 0.5",
        "Hierarchical Gaussian",
        "Ablation",
    )


def test_models_of_one_noise_bear_their_own_names():
    assert labels(candidates(Gaussian(), Gaussian())) == ("Gaussian, net 0", "Gaussian, net 1")


def test_an_ensemble_or_a_denoised_model_is_always_called_so():
    base = {"name": "a + b", "scheme": Gaussian()}
    whole = Candidate(model=ModelRequest("a", others=("b",), combine="votes"), **base)
    behind = Candidate(model=ModelRequest("a", denoiser="d"), **base)
    other = Candidate(model=ModelRequest("a", others=("b",), denoiser="x/d.pt"), **base)
    assert labels([whole]) == ("Gaussian, ensemble of 2",)
    assert labels([whole, behind, other, *candidates(Gaussian())]) == (
        "Gaussian, ensemble of 2",
        "Gaussian, a + b",
        "Gaussian, ensemble of 2, behind d.pt",
        "Gaussian, net 0",
    )
    first = Candidate(model=ModelRequest("a", others=("b",), combine="votes", consensus=2), **base)
    twice = [first, Candidate(model=ModelRequest("a", others=("b",)), **base)]
    assert labels(twice) == (
        "Gaussian, ensemble of 2 (votes, consensus 2)",
        "Gaussian, ensemble of 2 (logits)",
    )


def test_different_models_of_one_name_are_told_apart_by_rule_or_files():
    def one(*specs: str, **more: str) -> Candidate:
        model = ModelRequest(specs[0], others=specs[1:], **more)
        return Candidate(model=model, name="net", scheme=Gaussian())

    assert names([one("a"), one("a")]) == ("net", "net")  # the noise tells them apart
    assert names([one("a"), one("a", denoiser="d")]) == ("net (alone)", "net (denoiser=d)")
    assert names([one("a", "b"), one("a", "c")]) == (
        "net (a + b, logits)",
        "net (a + c, logits)",
    )


def test_a_file_holds_the_name_alone_or_the_whole_request():
    plain = Candidate(model="demo:a", name="A", scheme=Gaussian())
    whole = Candidate(model=ModelRequest("a", others=("b",)), name="A", scheme=Gaussian())
    assert plain.model == ModelRequest("demo:a") and plain.spelled == "demo:a"
    assert plain.model_dump(mode="json")["model"] == "demo:a"  # as in files of earlier versions
    for one in (plain, whole):
        assert Candidate.model_validate_json(one.model_dump_json()) == one
    with pytest.raises(ValidationError, match="no request for a model has speed"):
        Candidate(model={"spec": "a", "speed": 3}, name="A", scheme=Gaussian())


def test_nobody_needs_no_name():
    assert labels([]) == ()


def test_models_of_different_image_sizes_are_remarked_upon():
    same = ONE.model_copy(update={"shapes": ((1, 8, 8), (3, 8, 8))})
    other = ONE.model_copy(update={"shapes": ((1, 8, 8), (3, 32, 32), (1, 8, 8))})
    words = ONE.model_copy(update={"shapes": ((12,), (30,))})
    assert (same.remark, words.remark) == ("", "")
    assert other.remark.startswith("The models take images of different sizes (8 × 8, 32 × 32):")


KEPT = {
    "candidates": [
        {"model": name, "name": name, "scheme": {"key": "gaussian", "sigma": 0.25}} for name in "ab"
    ],
    "outcomes": [[outcome(BALL).model_dump()], [outcome(None).model_dump()]],
    "inputs": 1,
    "n0": 10,
    "n": 100,
    "alpha": 0.001,
    "seed": 0,
}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"outcomes": KEPT["outcomes"][:1]}, "2 candidates have 1 rows of outcomes"),
        ({"outcomes": [[outcome(BALL).model_dump()] * 2, []]}, "2 outcomes are of 1 inputs"),
        (
            {"outcomes": [[], [outcome(BALL).model_copy(update={"input": "x"})]], "inputs": 0},
            "inputs must be greater than or equal to 1 (it was 0)",
        ),
        (
            {"outcomes": [[outcome(BALL)], [outcome(BALL).model_copy(update={"input": "x"})]]},
            "Outcome 0 of b is of x, and that of another candidate of digits:1",
        ),
        (
            {"outcomes": [[outcome(COUNT)], []]},
            "The scheme 'gaussian' of a certifies no count",
        ),
        (
            {"outcomes": [[outcome(BALL).model_dump() | {"predicted_class": None}], []]},
            "A region is certified of digits:1, and no class",
        ),
        (
            {"outcomes": [[outcome(BALL).model_dump() | {"predicted_class": -1}], []]},
            "predicted_class must be greater than or equal to 0",
        ),
        ({"alpha": 1.5}, "alpha must be less than 1 (it was 1.5)"),
        ({"n": 0}, "n must be greater than or equal to 1 (it was 0)"),
        ({"shapes": [[1, 8, 8]] * 3}, "2 candidates have more shapes or models than that"),
        ({"inputs": 4, "available": 3}, "4 inputs are drawn from 3"),
    ],
)
def test_what_no_comparison_comes_to_is_refused(changed, sentence):
    assert checked(TradeOff, **KEPT).done == 1
    with pytest.raises(UserError) as caught:
        checked(TradeOff, **KEPT | changed)
    assert sentence in str(caught.value)


def test_a_draw_from_a_set_is_said():
    assert checked(TradeOff, **KEPT).chosen_in_words == ""
    assert checked(TradeOff, **KEPT, available=1).chosen_in_words == ""
    drawn = checked(TradeOff, **KEPT | {"seed": 5}, available=1797)
    assert drawn.chosen_in_words == "drawn by lot from 1,797 by seed 5"
