import pytest

from engine.bounds import eprocess
from engine.certificates.anchors import alpha_of_cell
from engine.core.records import Votes
from engine.evidence.observations import AnchorRecord
from engine.evidence.settings import declared
from engine.planning.sweep_outcome import SweepVotes, sweep_facts
from engine.schemes.rotation import Rotation
from tests.factories import make_input

SETTINGS = declared("certify", Rotation(sigma=0.25, degrees=16), {"n": 1_000, "alpha": 0.01})
NAMES = ("no", "yes")


def votes(k, n=400):
    return Votes(counts=(n - k, k))


def found(cells, *, complete=True, top=1, settings=SETTINGS, distance=0.1):
    """The facts of a sweep with some votes at some cells, all at one distance."""
    return sweep_facts(
        settings=settings,
        selection=Votes(counts=(1, 99)),
        anchors=[AnchorRecord(cell=cell, distance=distance) for cell in cells],
        votes=list(cells.values()),
        top=top,
        complete=complete,
        class_names=NAMES,
        given=make_input(),
    )


def test_a_stretch_ends_where_a_cell_is_missing_or_not_certified():
    facts = found({2: votes(399), 6: votes(390), 7: votes(200)})
    region = facts["region"]
    assert (region.lower, region.upper) == (-16.0, 8.0)
    assert region.anchors == (-8.0, 4.0) and region.failed == ((8.0, 16.0),)
    assert facts["outcome"] == "certified" and facts["class_name"] == "yes"
    assert "no rotation of this image from -16.000 to +8.000 degrees" in facts["statement"]
    assert found({4: votes(399), 3: votes(399)})["region"].lower == 0.0


def test_the_bound_shown_is_the_weakest_that_counts_with_the_alpha_of_all():
    facts = found({2: votes(399), 6: votes(390), 7: votes(200)})
    weakest = eprocess.lower(390, 400, alpha_of_cell(0.01, 6))
    assert facts["bounds"].p_lower == pytest.approx(weakest, rel=1e-12)
    assert facts["bounds"].alpha == 0.01
    assert "p upper of the weakest anchor that the claim rests on" in facts["bounds"].basis


def test_a_cell_that_was_halved_is_not_given_up():
    swept = SweepVotes(SETTINGS, 1)
    for cell, at in ((3, votes(210)), (6, votes(399)), (7, votes(210))):
        swept.add(AnchorRecord(cell=cell, distance=0.1), at)
    assert swept.given_up() == [7]


def test_a_partial_sweep_says_so_and_knows_no_cell_that_was_given_up():
    facts = found({2: votes(399), 6: votes(150)}, complete=False)
    assert facts["region"].failed == () and not facts["complete"]
    assert facts["statement"].endswith("what was certified by then is valid.")


@pytest.mark.parametrize(
    ("cells", "top", "reason"),
    [
        ({}, 1, "no-votes"),
        ({2: votes(399)}, None, "no-votes"),
        ({3: votes(100)}, 1, "wrong-guess"),
        ({3: votes(230)}, 1, "too-few-samples"),
        ({3: votes(200)}, 1, "below-half"),
    ],
)
def test_why_nothing_is_certified(cells, top, reason):
    facts = found(cells, top=top)
    assert facts["region"] is None and facts["abstention"].reason == reason
    assert facts["statement"].startswith("Nothing is certified: ")
    assert facts["predicted_class"] is None
    bounds = facts["bounds"]
    assert (bounds is None) == (reason == "no-votes") and (bounds is None or bounds.alpha == 0.01)


@pytest.mark.parametrize(
    ("more", "distance", "k", "needed", "said"),
    [
        (
            {"with_brightness": 0.5},
            3.2,
            300,
            "of all but 1 is",
            "noise of its own, --sigma-b",
        ),
        ({"with_brightness": 0.5}, 3.2, 400, "of all but 1 is", "a shift of all pixels by 0.5"),
        ({"with_brightness": 0.05}, 0.6, 399, "above 0.9919 is", "A larger n may certify it"),
        ({"with_radius": 0.5}, 0.1, 300, "above 0.9919 is", "less of the changes after the"),
        (
            {"with_brightness": 0.5, "sigma_b": 0.1},
            0.1,
            399,
            "of all but 1 is",
            "less of the changes",
        ),
        ({}, 4.0, 300, "of all but 1 is", "A larger n may certify it"),
    ],
)
def test_more_votes_are_advised_only_where_some_number_of_them_would_do(
    more, distance, k, needed, said
):
    """32 pixels of 8 by 8 lie in the disc: a shift by 0.5 is an l2 change of about 3."""
    scheme = Rotation(sigma=0.25, degrees=16, **more)
    settings = declared("certify", scheme, {"n": 1_000, "alpha": 0.01})
    refusal = found({1: votes(k)}, settings=settings, distance=distance)["abstention"]
    assert f"where a p lower {needed} needed." in refusal.sentence and said in refusal.sentence
    may = "A larger n may" in refusal.sentence
    assert refusal.reason == ("too-few-samples" if may else "below-half")
    assert may != ("No larger n helps" in refusal.sentence)
