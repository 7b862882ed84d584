from engine.bounds import Enumeration, bound_method
from engine.core.records import Votes


def at(counts: tuple[int, ...], top: int, n_plan: int = 10, failures: int = 0):
    votes = Votes(counts=counts, failures=failures)
    return Enumeration().at(votes, top=top, alpha=0.001, n_plan=n_plan)


def test_shares_of_all_samples_cost_no_alpha():
    found = at((7, 3), 0)
    assert (found.p_lower, found.p_upper, found.alpha, found.valid) == (0.7, 0.3, 0.0, True)


def test_a_runner_up_of_lower_index_wins_ties_and_is_raised_by_one_vote():
    assert at((5, 5), 0).p_upper == 0.5
    assert at((4, 6), 1).p_upper == 0.5
    assert at((1, 2, 7), 2).p_upper == 0.3


def test_failures_are_a_class_of_their_own():
    assert at((6, 1), 0, failures=3).p_upper == 0.3


def test_no_claim_before_all_are_counted():
    found = at((7, 2), 0)
    assert not found.valid and "all 10 samples" in found.basis
    assert not at((0, 0), 0).valid


def test_it_is_found_by_its_key():
    assert bound_method("enumeration").title.startswith("enumeration")
