"""Replayed rows against the reference program and the formulas."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from scipy.stats import beta, norm

from engine import schemes
from engine.bounds import BOUND_METHODS, bound_method
from engine.core.errors import UserError
from engine.core.records import Votes
from engine.replay import ReplayResult
from engine.replay.replay import replay
from engine.schemes import DssnL1, Gaussian
from engine.schemes.uniform import Uniform
from tests.engine.replay.conftest import TWO_BLOCKS

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/cohen.json").read_text())
ROWS = TWO_BLOCKS + "a,1,0,90,10,40,950,10\nb,0,60,40,0,450,540,10\nc,2,0,80,20,0,1000,0\n"


def replayed(path, **changes):
    values = {
        "scheme": Gaussian(sigma=0.5),
        "alpha": 0.001,
        "bound": "clopper-pearson",
        **changes,
    }
    return replay(path, **values)


def test_equals_the_reference_programs_certify(votes_file):
    groups = {}
    for sigma, n, alpha, k, top, radius in GOLDEN["certify"]["rows"]:
        groups.setdefault((sigma, alpha), []).append((n, k, top, radius))
    for (sigma, alpha), rows in groups.items():
        text = TWO_BLOCKS
        for index, (n, k, _, _) in enumerate(rows):
            text += f"{index},0,60,40,0,{k},{n - k},0\n"
        found = replayed(votes_file(text), scheme=Gaussian(sigma=sigma), alpha=alpha)
        for row, (_, _, top, radius) in zip(found.rows, rows, strict=True):
            # where p_lower is exactly one half the reference certifies radius 0
            assert (row.outcome == "certified") == (top != -1 and radius > 0)
            assert (row.radius or 0.0) == pytest.approx(radius, abs=1e-9)


def test_ties_go_to_the_lowest_class(votes_file):
    # without a single selection vote the reference takes class 0; such a file is refused
    golden = [row for row in GOLDEN["certify_selection_ties"]["rows"] if sum(row[0])]
    text = TWO_BLOCKS
    for index, (first, second, _, _) in enumerate(golden):
        text += ",".join(map(str, (index, 0, *first, *second))) + "\n"
    found = replayed(votes_file(text))
    for row, (_, _, top, radius) in zip(found.rows, golden, strict=True):
        assert row.predicted_class == top
        assert row.radius == pytest.approx(radius, abs=1e-9)


def test_rows_say_what_became_of_them(votes_file):
    found = replayed(votes_file(ROWS), at=["radius=0.25", "radius=1"])
    certified, abstained, wrong = found.rows
    p_lower = beta.ppf(0.001, 950, 51)
    assert (certified.idx, certified.label, certified.outcome) == ("a", 1, "certified")
    assert certified.bounds.p_lower == pytest.approx(p_lower, abs=1e-9)
    assert certified.radius == pytest.approx(0.5 * norm.ppf(p_lower), abs=1e-8)
    assert certified.certified_at == {"radius=0.25": True, "radius=1": False}
    assert (certified.n0, certified.n) == (100, 1000)
    assert (abstained.outcome, abstained.predicted_class, abstained.radius) == (
        "abstained",
        None,
        None,
    )
    assert abstained.bounds.top == 0  # chosen by the selection votes, not by these
    assert (wrong.outcome, wrong.predicted_class, wrong.label) == ("certified", 1, 2)
    assert found.selection == "votes" and found.independent
    assert [note[:40] for note in found.notes] == [
        "Every row has n = 1,000: the clopper-pea",
        "What is said of a population holds only ",
    ]


@pytest.mark.parametrize(("bound", "said"), [("clopper-pearson", True), ("anytime", False)])
def test_a_fixed_n_is_a_condition_that_is_said(votes_file, bound, said):
    text = "idx,label,n_0,n_1\n1,0,100,0\n2,0,1000,0\n"
    notes = replayed(votes_file(text), bound=bound, selection="label").notes
    words = "Not all rows have the same n (from 100 to 1,000): the clopper-pearson bound holds"
    assert any(note.startswith(words) for note in notes) is said


@pytest.mark.parametrize(
    ("second", "twin"),
    [
        ("b,2,0,90,10,40,950,10", True),  # whatever its label
        ("b,1,0,91,9,40,950,10", False),
        ("b,1,0,90,10,41,949,10", False),
    ],
)
def test_rows_of_the_same_votes_bound_no_population(votes_file, second, twin):
    found = replayed(votes_file(TWO_BLOCKS + f"a,1,0,90,10,40,950,10\n{second}\n"))
    assert (found.summary.population == {}) is twin
    assert found.summary.simultaneous is not None  # a union bound needs no independence
    assert any("The rows a and b hold the very same votes" in note for note in found.notes) is twin


def test_rows_that_lose_no_vote_are_often_alike(votes_file):
    rows = "".join(f"{i},1,0,100,0,{i // 2},{1000 - i // 2},0\n" for i in range(18))
    found = replayed(votes_file(TWO_BLOCKS + rows))
    assert found.summary.population != {}


def test_n_is_planned_row_by_row(votes_file):
    text = "idx,label,n_0,n_1\n1,0,100,0\n2,0,1000,0\n"
    for method in BOUND_METHODS:
        found = replayed(votes_file(text), bound=method.key, selection="label")
        assert [row.bounds.n for row in found.rows] == [100, 1000]
        assert all(row.bounds.valid for row in found.rows)
        assert found.rows[0].radius < found.rows[1].radius


def test_estimation_block_alone(votes_file):
    path = votes_file("idx,label,n_0,n_1\n1,0,1,999\n")
    by_label = replayed(path, selection="label")
    assert by_label.rows[0].outcome == "abstained" and by_label.rows[0].bounds.top == 0
    assert by_label.independent
    same = replayed(path, selection="same")
    assert same.rows[0].predicted_class == 1
    assert not same.independent
    assert "not valid claims" in same.notes[0]
    assert same.summary.simultaneous is None and same.summary.population == {}


def test_bounds_from_elsewhere(votes_file):
    found = replayed(
        votes_file("idx,label,p_lower,p_upper\n1,7,0.9,0.05\n2,0,0.4,0.3\n3,1,0.4,0.5\n4,2,1,1\n")
    )
    both = 0.25 * (norm.ppf(0.9) - norm.ppf(0.05))
    assert found.rows[0].predicted_class == 7
    assert found.rows[0].radius == pytest.approx(both, abs=1e-12)
    assert found.rows[1].outcome == "certified" and found.rows[2].outcome == "abstained"
    assert found.bound == "given" and found.rows[0].bounds.method == "given"
    assert found.summary.simultaneous is None
    assert "they hold only if that was done soundly" in found.notes[0]


def test_a_missing_upper_bound_is_the_complement(votes_file):
    found = replayed(votes_file("idx,label,p_lower\n1,0,0.9\n"))
    assert found.rows[0].radius == pytest.approx(0.5 * norm.ppf(0.9), abs=1e-12)


def test_certainty_is_no_infinite_radius(votes_file):
    found = replayed(votes_file("idx,label,p_lower,p_upper\n1,0,1,1\n2,0,0.9,0\n"))
    assert found.rows[0].bounds.p_lower == 1 - 2**-53
    assert found.rows[0].radius == pytest.approx(0.5 * norm.isf(2**-53), abs=1e-9)
    assert 0 < found.rows[1].radius < 0.5 * norm.isf(2**-53)


@pytest.mark.parametrize(
    "text, changes, sentence",
    [
        ("idx,label,n_0,n_1\n1,0,5,5\n", {}, "has no selection block: --selection label"),
        (ROWS, {"selection": "label"}, "has a selection block; leave out --selection label."),
        (ROWS, {"selection": "same"}, "has a selection block; leave out --selection same."),
        (
            "idx,label,p_lower\n1,0,0.9\n",
            {"selection": "same"},
            "holds bounds of the label's class",
        ),
        (ROWS, {"at": ["words=2"]}, "--at words=2: gaussian knows the terms radius"),
    ],
)
def test_what_does_not_fit_is_refused(votes_file, text, changes, sentence):
    with pytest.raises(UserError) as refused:
        replayed(votes_file(text), **changes)
    assert sentence in str(refused.value)


FROM_IMAGES = [
    scheme for scheme in schemes.SCHEMES if scheme.key.startswith(("nested-", "individual-"))
]
HEURISTIC = [scheme for scheme in schemes.SCHEMES if scheme.key.startswith("heuristic-")]
ONE_BOUND = [
    scheme
    for scheme in schemes.SCHEMES
    if not scheme.sweeps and scheme not in (*FROM_IMAGES, *HEURISTIC) and scheme.reads != "network"
]


@pytest.mark.walk
@pytest.mark.parametrize("scheme", ONE_BOUND, ids=lambda scheme: scheme.key)
def test_every_scheme_is_replayable_and_answers_at(votes_file, scheme):
    at = ",".join(f"{name}={term.neutral:g}" for name, term in scheme.terms.items())
    known = {"dimension": 64} if "dimension" in scheme.model_fields else {}
    rows, every, how = ROWS, scheme().noise().samples, {}
    if every is not None:  # each has to be counted
        third, how = every // 3, {"bound": "enumeration"}
        others = f"b,0,60,40,0,{third},{every - third},0\nc,2,0,80,20,0,{every},0\n"
        rows = f"{TWO_BLOCKS}a,1,0,90,10,0,{every},0\n{others}"
    found = replayed(votes_file(rows), scheme=scheme(**known), at=[at], **how)
    assert [row.outcome for row in found.rows] == ["certified", "abstained", "certified"]
    assert found.rows[0].certified_at == {at: True}
    assert found.rows[1].certified_at == {at: False}
    assert ReplayResult.model_validate_json(found.model_dump_json()) == found


def test_votes_at_many_anchors_are_in_no_table(votes_file):
    for scheme in schemes.SCHEMES:
        if scheme.sweeps:
            with pytest.raises(UserError, match="rests on votes at many anchors"):
                replayed(votes_file(ROWS), scheme=scheme())


def test_votes_whose_claim_rests_on_the_image_are_in_no_table(votes_file):
    assert FROM_IMAGES
    for scheme in FROM_IMAGES:
        with pytest.raises(UserError, match="rests on a bound that only the image gives"):
            replayed(votes_file(ROWS), scheme=scheme())


def test_votes_under_a_heuristic_certify_nothing(votes_file):
    assert HEURISTIC
    for scheme in HEURISTIC:
        with pytest.raises(UserError, match="is heuristic and certifies nothing"):
            replayed(votes_file(ROWS), scheme=scheme())


def test_votes_beside_an_exact_map_certify_nothing(votes_file):
    with pytest.raises(UserError, match="Votes certify nothing under exact-map: it bounds"):
        replayed(votes_file(ROWS), scheme=schemes.ExactMap())


def test_a_radius_that_depends_on_the_dimension_asks_for_it(votes_file):
    with pytest.raises(UserError, match="--dimension is needed where no input is at hand"):
        replayed(votes_file(ROWS), scheme=Uniform())


@pytest.mark.parametrize("votes", ["40,950,10", "0,100,0", "0,510,0"])
def test_a_counted_noise_needs_the_vote_of_each_sample(votes_file, votes):
    with pytest.raises(UserError, match="but this noise has 255 samples, and a certificate"):
        replayed(votes_file(TWO_BLOCKS + f"a,1,0,90,10,{votes}\n"), scheme=DssnL1())


@pytest.mark.thorough
def test_no_torch_is_loaded(votes_file):
    path = votes_file(ROWS)
    code = (
        "import sys; from engine.cli import main; "
        f"words = ['replay', {str(path)!r}, '--scheme', 'gaussian', '--sigma', '1']; "
        "words += ['--alpha', '0.01', '--bound', 'anytime', '--at', 'radius=0.25', '--quiet']; "
        "status = main(words); "
        "assert status == 0; print('torch' in sys.modules)"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize("bound", [*(method.key for method in BOUND_METHODS), "enumeration"])
def test_rows_share_only_what_follows_from_their_own_votes(votes_file, bound):
    """Every row of a file with all splits of a few votes, against its own bound."""
    splits = [(a, b, 51 - a - b) for a in range(0, 52, 3) for b in range(0, 52 - a, 4)]
    text = TWO_BLOCKS
    for index, counts in enumerate(splits):
        first = [0, 0, 0]
        first[index % 3] = 100
        text += f"{index},0,{','.join(map(str, (*first, *counts)))}\n"
    exact = bound == "enumeration"
    found = replayed(votes_file(text), scheme=DssnL1(lam=0.1) if exact else Gaussian(), bound=bound)
    assert len(found.rows) == len(splits)
    for index, (row, counts) in enumerate(zip(found.rows, splits, strict=True)):
        votes = Votes(counts=counts)
        own = bound_method(bound).at(votes, top=index % 3, alpha=0.001, n_plan=51)
        assert row.bounds == own
        assert row.region == found.scheme.region(own)
    assert ReplayResult.model_validate_json(found.model_dump_json()) == found


def test_a_table_of_votes_has_no_scores(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("idx,label,n_0,n_1\na,0,9,1\n")
    with pytest.raises(UserError, match="The soft bound is about scores"):
        replay(tmp_path / "v.csv", scheme=Gaussian(), alpha=0.001, bound="soft")
