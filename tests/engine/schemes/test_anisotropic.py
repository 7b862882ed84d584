"""Several Gaussian parts with their own sigma: noise, certificate, words, and refusals."""

import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.special import ndtr, ndtri

from engine.certificates.hybrid import lower
from engine.core.errors import UserError
from engine.core.fields import checked
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.evidence.settings import CertifySettings
from engine.noise.discrete_gaussian import ExactNoiseStream
from engine.noise.discrete_gaussian_law import table_sha256, tables_sha256, total_variation
from engine.noise.gaussian import NoiseStream
from engine.procedures.noise_record import noise_record
from engine.schemes import parse_scheme
from engine.schemes.anisotropic import Parts
from engine.schemes.hybrid_flip import HybridFlip
from engine.schemes.hybrid_mask import HybridMask
from engine.schemes.hybrid_uniform import HybridUniform

TWO = HybridUniform(arities="3,3", beta=0.4, sigmas="0.25,0.5")
SCHEMES = (HybridUniform, HybridMask, HybridFlip)


def drawn(scheme: Parts, x: tuple, samples: int, source: type = NoiseStream) -> torch.Tensor:
    out = tuple(torch.empty((samples, *part.shape), dtype=part.dtype) for part in x)
    scheme.noise().draw(x, source(1, 1), 0, out)
    return out[0]


def identity(kind: str, shape: tuple[int, ...], alphabet: tuple[int, ...]) -> InputIdentity:
    return InputIdentity(
        name="row 3", source="t.csv:3", sha256="", pixels_sha256="", shape=shape, kind=kind,
        alphabet=alphabet,
    )  # fmt: skip


def nothing(scheme: type[Parts], **more: float) -> dict[str, float]:
    return {**{name: 0.0 for name, term in scheme.terms.items() if term.whole}, **more}


# the noise


def test_every_part_has_noise_of_its_own_level():
    row = (torch.tensor([1.0, -2.0]), torch.tensor([0, 2]))
    numbers = drawn(TWO, row, 40_000).double()
    assert numbers.mean(dim=0).tolist() == pytest.approx([1.0, -2.0], abs=0.015)
    assert numbers.std(dim=0).tolist() == pytest.approx([0.25, 0.5], rel=0.02)
    correlation = np.corrcoef(numbers.T.numpy())[0, 1]
    assert abs(correlation) < 5 / math.sqrt(40_000)


def test_noise_of_every_channel_of_an_image():
    scheme = HybridMask(sigmas="0.1,0.2,0.1", vocabulary=7)
    pixels = drawn(scheme, (torch.zeros(3, 8, 8), torch.tensor([1])), 1000).double()
    spread = pixels.std(dim=(0, 2, 3)).tolist()
    assert spread == pytest.approx([0.1, 0.2, 0.1], rel=0.02)
    flat = pixels.flatten(1)
    off = np.corrcoef(flat.T.numpy()) - np.eye(192)
    assert np.abs(off).max() < 6 / math.sqrt(1000)


@pytest.mark.parametrize("source", [NoiseStream, ExactNoiseStream])
def test_equal_sigmas_draw_what_one_sigma_does(source):
    pair = (torch.rand(3, 4, 4).mul(255).round() / 255, torch.tensor([1, 2]))
    one = drawn(HybridMask(sigma=0.25), pair, 20, source)
    assert torch.equal(one, drawn(HybridMask(sigmas="0.25,0.25,0.25"), pair, 20, source))


def test_exact_noise_stays_on_the_grid_and_keeps_each_level():
    scheme = HybridMask(sigmas="0.1,0.2", vocabulary=7)
    pair = (torch.full((2, 8, 8), 128 / 255), torch.tensor([1]))
    steps = drawn(scheme, pair, 1000, ExactNoiseStream).double() * 255
    assert float((steps - steps.round()).abs().max()) < 1e-3
    spread = (steps.std(dim=(0, 2, 3)) / 255).tolist()
    assert spread == pytest.approx([0.1, 0.2], rel=0.02)


def test_a_sample_does_not_depend_on_the_batch():
    row = (torch.rand(2), torch.tensor([0, 2]))
    out = tuple(torch.empty((20, *part.shape), dtype=part.dtype) for part in row)
    TWO.noise().draw(row, NoiseStream(1, 1), 30, out)
    assert torch.equal(drawn(TWO, row, 50)[30:], out[0])


def test_what_exact_noise_of_several_levels_costs_and_which_tables_it_has():
    scheme = HybridMask(sigmas="0.1,0.2")
    apart = total_variation(0.1, 50) + total_variation(0.2, 50)
    law = scheme.drawn("exact")
    assert law.total_variation(100) >= apart + law.second.total_variation(100)
    record = noise_record(CertifySettings(scheme=scheme, noise="exact"), key=1, elements=100)
    assert record.table_sha256 == tables_sha256((0.1, 0.2)) != table_sha256(0.1)
    alone = noise_record(
        CertifySettings(scheme=HybridMask(sigma=0.1), noise="exact"), key=1, elements=9
    )
    assert alone.table_sha256 == table_sha256(0.1)


# the certificate


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("p_upper", [None, 0.05])
def test_equal_sigmas_certify_exactly_what_one_sigma_does(scheme, p_upper, bounds):
    one, several = scheme(sigma=0.4), scheme(sigmas="0.4,0.4,0.4")
    alone, parts = one.region(bounds(0.93, p_upper)), several.region(bounds(0.93, p_upper))
    assert parts.sigmas == (0.4, 0.4, 0.4) and alone.sigmas == ()
    assert parts.model_copy(update={"sigmas": ()}) == alone
    change = nothing(scheme, epsilon=0.3)
    assert several.required_probability(change) == one.required_probability(change)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_without_words_it_is_the_gaussian_radius_in_each_part(scheme, bounds):
    """A change in part i alone is certified below sigma_i Phi^-1(p_lower)."""
    one = scheme(sigmas="0.25,0.5")
    region = one.region(bounds(0.95))
    for part, sigma in (("epsilon1", 0.25), ("epsilon2", 0.5), ("epsilon", 0.25)):
        reach = sigma * ndtri(0.95)
        for factor, inside in ((1 - 1e-9, True), (1 + 1e-9, False)):
            change = nothing(scheme, **{part: factor * reach})
            assert region.contains(change) == inside
            assert (one.required_probability(change) <= 0.95) == inside


@settings(max_examples=40, deadline=None)
@given(
    words=st.integers(0, 2),
    first=st.floats(0, 1),
    second=st.floats(0, 1),
    more=st.floats(0.001, 0.5),
    p=st.floats(0.55, 0.999),
)
def test_more_of_any_part_takes_more(words, first, second, more, p):
    def change(one: float, two: float) -> dict[str, float]:
        return {"words": float(words), "epsilon1": one, "epsilon2": two}

    def needs(one: float, two: float) -> float:
        return TWO.required_probability(change(one, two))

    assert needs(first + more, second) >= needs(first, second) - 1e-12
    assert needs(first, second + more) >= needs(first, second) - 1e-12
    whole = {"words": float(words), "epsilon": math.hypot(first, second)}
    assert TWO.required_probability(whole) >= needs(first, second) - 1e-12
    region = TWO.region(
        ProbabilityBounds(
            method="", alpha=0.1, n=1, top=0, p_lower=p, p_upper=1 - p, valid=True, basis=""
        )
    )
    assert region is not None
    if abs(needs(first, second) - p) > 1e-9:
        assert region.contains(change(first, second)) == (needs(first, second) <= p)


@pytest.mark.parametrize(("p", "first", "second"), [(0.9, 0.1, 0.3), (0.97, 0.3, 0.2)])
def test_no_classifier_of_a_linear_program_goes_below(p: float, first: float, second: float):
    """HiGHS over one field of three values and a grid over both parts, each with its own sigma."""

    def law(moved: float, sigma: float) -> np.ndarray:
        edges = np.concatenate(([-np.inf], np.linspace(-1.8, 2.2, 71), [np.inf]))
        return np.diff(ndtr((edges - moved) / sigma))

    def joint(field: list[float], one: float, two: float) -> np.ndarray:
        return np.einsum("i,j,k->ijk", field, law(one, 0.25), law(two, 0.5)).ravel()

    clean, changed = joint([0.6, 0.2, 0.2], 0.0, 0.0), joint([0.2, 0.6, 0.2], first, second)
    best = linprog(changed, A_ub=[-clean], b_ub=[-p], bounds=(0, 1), method="highs")
    shift = TWO.shift({"epsilon1": first, "epsilon2": second})
    assert shift == pytest.approx(math.hypot(first / 0.25, second / 0.5), rel=1e-14)
    bound = lower(p, shift, TWO.kernel().atoms(1))
    assert bound <= best.fun <= bound + 4e-3
    needed = TWO.required_probability({"words": 1.0, "epsilon1": first, "epsilon2": second})
    assert (needed <= p) == (bound >= 0.5)


def test_many_required_probabilities_take_parts_too():
    asked = [
        {"words": 1.0, "epsilon1": 0.1},
        {"words": 0.0, "epsilon2": 0.4},
        {"words": 2.0, "epsilon": 0},
    ]
    alone = [TWO.required_probability(one) for one in asked]
    assert TWO.required_probabilities(asked) == pytest.approx(alone, abs=1e-12)


# what is said and asked


def test_a_scheme_without_parts_is_written_as_ever():
    """The noise key of a run is made of this text: older runs keep their noise."""
    assert HybridMask().model_dump_json() == (
        '{"key":"hybrid-mask","tau":0.5,"beta":0.9,"vocabulary":1000,"sigma":0.25}'
    )
    assert HybridUniform(arities="3,3", beta=0.4).model_dump_json() == (
        '{"key":"hybrid-uniform","tau":0.5,"beta":0.4,"vocabulary":1000,"sigma":0.25,"arities":"3,3"}'
    )
    assert HybridFlip(tau=0.3).model_dump_json() == (
        '{"key":"hybrid-flip","tau":0.3,"sigma":0.25,"p_plus":0.05,"p_minus":0.4}'
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_parts_survive_being_written(scheme):
    one = scheme(sigmas=" 0.250, 5e-1")
    assert (
        one.sigmas == "0.25,0.5"
        and one == scheme(sigmas="0.25,0.5")
        and one.own_sigmas() == (0.25, 0.5)
    )
    assert parse_scheme(json.loads(one.model_dump_json())) == one
    assert scheme(sigmas=" ") == scheme()


def test_the_level_is_one_where_the_parts_agree():
    assert HybridMask(sigmas="0.5,0.5").noise().level == 0.5
    assert TWO.noise().level is None and TWO.gaussian().sigmas == (0.25, 0.5)
    assert TWO.least_sigma() == 0.25


def test_words_of_the_noise_list_the_parts():
    assert TWO.noise_in_words().startswith(
        "Gaussian, sigmas 0.25, 0.5 (standard deviations of their columns; one for each numeric "
        "column); each field replaced"
    )
    assert "(pixels in [0,1]; one for each colour channel)" in (
        HybridMask(sigmas="0.1,0.2").noise_in_words()
    )


def test_at_takes_parts_or_the_whole():
    assert TWO.parse_at("words=1,epsilon1=0.2") == {"words": 1.0, "epsilon1": 0.2}
    assert TWO.parse_at("epsilon2=0.1,words=0,epsilon1=0.2")["epsilon2"] == 0.1
    assert TWO.parse_at("words=1,epsilon=0.2") == {"words": 1.0, "epsilon": 0.2}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "words=1,epsilon=0.2,epsilon1=0.1",
            "--at words=1,epsilon=0.2,epsilon1=0.1: give epsilon, the norm of the whole change, or "
            "epsilon1 of its parts, not both.",
        ),
        (
            "words=1,epsilon3=0.1",
            "--at words=1,epsilon3=0.1: hybrid-uniform knows the terms words, epsilon, epsilon1, "
            "epsilon2, not 'epsilon3'.",
        ),
        ("epsilon1=0.1", "--at epsilon1=0.1: words is missing (words, epsilon are needed)."),
        ("words=1", "--at words=1: epsilon is missing (words, epsilon are needed)."),
        ("words=1,epsilon2=-1", "--at words=1,epsilon2=-1: epsilon2 must be a finite number >= 0."),
    ],
)
def test_a_bad_at_is_one_sentence(text, sentence):
    with pytest.raises(UserError) as caught:
        TWO.parse_at(text)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "text", ["0.25,", "0.25,0", "0.25,-1", "0.25,x", "0.25;0.5", "1,nan", "1,101", "٣"]
)
def test_sigmas_are_numbers_above_zero(text):
    with pytest.raises(UserError) as caught:
        checked(HybridMask, sigmas=text)
    assert str(caught.value) == (
        f"sigmas must be numbers above 0, at most 100, such as 0.25,0.5 (it was '{text}')."
    )


def test_a_wrong_number_of_parts_names_the_right_one():
    row = identity("table", (5,), (3, 3))
    with pytest.raises(UserError) as caught:
        TWO.check_input(row)
    assert str(caught.value) == (
        "row 3 has 5 numeric columns, but --sigmas lists 2; list 5, one for each numeric column."
    )
    TWO.check_input(identity("table", (2,), (3, 3)))
    HybridUniform(arities="3,3", beta=0.4).check_input(row)
    image = identity("pair", (1, 8, 8), (1000,))
    for scheme in (HybridMask, HybridUniform):
        with pytest.raises(UserError) as caught:
            scheme(sigmas="0.1,0.2").check_input(image)
        assert str(caught.value) == (
            "row 3 has 1 colour channel, but --sigmas lists 2; list 1, one for each colour channel."
        )
    with pytest.raises(UserError, match="row 3 has 5 numeric columns, but --sigmas lists 3"):
        HybridFlip(sigmas="1,1,1").check_input(identity("table", (5,), (2, 2)))
    assert "sigmas" not in HybridUniform.suited_to(row)
