from engine.core.records import Fitting, ProbabilityBounds
from engine.evidence import statement
from engine.evidence.settings import CertifySettings, PredictSettings
from engine.regions import Abstention, Ball, Count
from engine.schemes import TextUniform
from tests.factories import make_input


def test_certified_in_the_issues_words():
    region = Ball(norm="l2", radius=0.4703, unit="pixels in [0,1]")
    bounds = ProbabilityBounds(
        method="live",
        alpha=0.001,
        n=10,
        top=7,
        p_lower=0.9,
        p_upper=0.1,
        valid=True,
        basis="",
    )
    assert statement.certified(region, bounds, "7", "image") == (
        "With confidence 99.9 %, no change of this image with l2 norm below 0.470 "
        "(all pixels in [0,1]) changes the smoothed model's prediction '7'."
    )
    threshold = statement.certified(region, bounds, "7", "image", effect="brings '7' below tau")
    assert threshold.endswith("(all pixels in [0,1]) brings '7' below tau.")


def test_abstained_and_partial():
    abstention = Abstention(reason="no-votes", sentence="the run ended.")
    assert statement.abstained(abstention) == "Nothing is certified: the run ended."
    assert statement.partial(41_000, 100_000, valid=True) == (
        "Stopped after 41,000 of 100,000 votes; the bound is valid at any stop."
    )
    assert "makes no claim" in statement.partial(1, 2, valid=False)


def test_exact_noise_names_its_attackers():
    assert "8 bits per channel" in statement.exact_grid()


def test_predicted():
    settings = PredictSettings(alpha=0.05)
    assert statement.predicted(settings, "cat", make_input()) == (
        "With confidence 95 %, the smoothed model's prediction for this image is 'cat'."
    )
    threshold = PredictSettings(scheme=TextUniform(tau=0.123456789), alpha=0.05)
    text = make_input(kind="text", fitting=Fitting(steps=("its first 9 tokens alone",)))
    assert statement.predicted(threshold, "unsafe", text) == (
        "With confidence 95 %, whatever is flagged at tau = 0.123456789, the class that is most "
        "probable under the noise for this text as the model takes it (its first 9 tokens alone) "
        "is 'unsafe'."
    )


def test_a_region_without_any_change_says_so():
    region = Count(term="entities", most=0, unit="pixels")
    bounds = ProbabilityBounds(
        method="live", alpha=0.001, n=9, top=0, p_lower=0.6, p_upper=0.4, valid=True, basis=""
    )
    assert statement.certified(region, bounds, "7", "image") == (
        "With confidence 99.9 %, the smoothed model's prediction is '7' for the unchanged image; "
        "no change of it is certified."
    )


def test_a_threshold_claims_no_majority_for_the_unchanged_input():
    region = Count(term="words", most=0, unit="words")
    bounds = ProbabilityBounds(
        method="live", alpha=0.001, n=9, top=0, p_lower=0.37, p_upper=0.63, valid=True, basis=""
    )
    scheme = TextUniform(tau=0.36)
    unchanged = scheme.unchanged("unsafe")
    words = statement.certified(region, bounds, "unsafe", "text", unchanged=unchanged)
    assert words == (
        "With confidence 99.9 %, the smoothed probability of 'unsafe' is at least the threshold "
        "tau = 0.36 for the unchanged text; no change of it is certified."
    )


def test_a_claim_says_what_the_run_adds():
    region = Ball(norm="l2", radius=0.4703, unit="pixels in [0,1]")
    bounds = ProbabilityBounds(
        method="live", alpha=0.001, n=10, top=7, p_lower=0.9, p_upper=0.1, valid=True, basis=""
    )
    plain = statement.claimed(CertifySettings(), region, bounds, "7", make_input())
    assert plain == statement.certified(region, bounds, "7", "image")
    early = statement.claimed(
        CertifySettings(noise="exact"), region, bounds, "7", make_input(), early="Stopped early."
    )
    assert early == f"{plain} Stopped early. {statement.exact_grid()}"
