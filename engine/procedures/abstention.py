"""Why CERTIFY abstained: the most likely of the lecture's three causes, and what would help."""

from __future__ import annotations

from engine.bounds import BoundMethod, bound_method
from engine.bounds.clopper_pearson import lower, upper
from engine.bounds.enumeration import Enumeration
from engine.core.records import Votes
from engine.core.rounding import round_down, round_up
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting
from engine.evidence.statement import MORE_NOISE, NEW_TRY, NO_FURTHER_ALPHA, NO_SCORES, RESUMED
from engine.regions import Abstention
from engine.schemes import Scheme
from engine.schemes.base import NO_FACTS, Facts, Known
from engine.schemes.threshold import threshold_in_words

N_LIMIT = 10**9
_CHANCE = 1e-9


def explain(
    *,
    selection: Votes,
    estimation: Votes,
    scheme: Scheme,
    method: BoundMethod,
    alpha: float,
    n_plan: int,
    class_names: tuple[str, ...],
    facts: Facts = NO_FACTS,
) -> Abstention:
    """The most likely cause of an abstention after ``estimation`` votes.

    ``wrong-guess``: another class leads among the fresh votes. ``too-few-samples``: the leader is
    right and some n up to a billion would certify it if the proportions stay. ``below-half``:
    no such n. ``stopped-early``: a fixed-n bound was stopped before its n.
    """
    if estimation.n == 0:
        return Abstention(
            reason="no-votes", sentence="the run ended before the first vote that could bound."
        )
    top = selection.top
    if not method.any_stop and estimation.n < n_plan:
        return _stopped_early(method, estimation.n, n_plan)
    if estimation.top != top and estimation.scores is None:
        return _wrong_guess(selection, estimation, class_names)
    needed = n_needed(estimation, top, scheme=scheme, method=method, alpha=alpha, facts=facts)
    if needed is None:
        return _below_half(estimation, top, class_names[top], scheme, facts)
    return _too_few(estimation, top, class_names[top], needed, scheme, method, n_plan)


def contradiction(
    settings: Counting, selection: Votes, estimation: Votes, known: Known | None = None
) -> Abstention | None:
    """Why an exact method claims nothing: what was counted contradicts it; else None.

    Two counts of the same samples of a finite law must not differ. Votes beside a computed
    probability must lie within bounds that they leave with a chance of 1e-9.
    """
    if settings.kind != "exact":
        return None
    if known is not None:
        return _votes_beside(estimation, known)
    complete = selection.n == settings.n0 and estimation.n == settings.n
    if not complete or selection == estimation:
        return None
    return Abstention(
        reason="not-deterministic",
        sentence=(
            f"the model answered the same {settings.n:,} noise samples in two ways, so it is no "
            "function of its input. Run it on the CPU, or with deterministic kernels."
        ),
    )


def _votes_beside(votes: Votes, known: Known) -> Abstention | None:
    others = votes.n - votes.counts[known.top]
    if not votes.n:
        return None
    above = upper(others, votes.n, _CHANCE) < known.least
    if not above and lower(others, votes.n, _CHANCE) <= known.outside:
        return None
    return Abstention(
        reason="not-deterministic",
        sentence=(
            f"{others:,} of the {votes.n:,} noisy inputs were given another class than the one "
            f"computed, and that probability lies between {round_down(known.least, 6)} and "
            f"{round_up(known.outside, 6)}: the model that was asked is not the one that was "
            "computed."
        ),
    )


def undecided(known: Known, names: tuple[str, ...], scheme: Scheme, facts: Facts) -> Abstention:
    """Why a computed probability certifies nothing, or what else its scheme says."""
    return Abstention(
        reason="below-half",
        sentence=scheme.shortfall_in_words(facts)
        or (
            f"the probability of another class than '{names[known.top]}' under the noise lies "
            f"between {round_down(known.least, 6)} and {round_up(known.outside, 6)}, which is not "
            "known to be below one half. Less noise may tell the classes apart."
        ),
    )


def n_needed(
    votes: Votes,
    top: int,
    *,
    scheme: Scheme,
    method: BoundMethod,
    alpha: float,
    facts: Facts = NO_FACTS,
) -> int | None:
    """Smallest n, up to a billion, that certifies if every class keeps its share of the votes.

    Under a bound on scores, if these keep their mean and variance.
    """

    def certifies(n: int) -> bool:
        scaled = Votes(
            counts=tuple(count * n // votes.n for count in votes.counts),
            failures=votes.failures * n // votes.n,
            scores=votes.scores and votes.scores.scaled(votes.n, n),
        )
        rounded_off = n - scaled.n
        scaled = scaled.model_copy(update={"failures": scaled.failures + rounded_off})
        bounds = method.at(scaled, top=top, alpha=alpha, n_plan=n)
        return scheme.region(bounds, facts) is not None

    if not certifies(N_LIMIT):
        return None
    low, high = 1, N_LIMIT
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if certifies(middle) else (middle + 1, high)
    return low


def advised(evidence: Evidence) -> int | None:
    """The n to which an abstention advises to extend its run, at no further alpha.

    None where the run certified something, no n would help, or its bound may not be extended: then
    what would help is a new run, and a new try.
    """
    found = evidence.abstention
    if found is None or found.n_needed is None or found.reason != "too-few-samples":
        return None
    longer = found.n_needed > evidence.estimation.n
    return found.n_needed if longer and bound_method(evidence.settings.bound).extendable else None


def _kept(votes: Votes) -> str:
    """What an estimate of n supposes of further samples."""
    if votes.scores is None:
        return "the votes keep these proportions"
    return "the scores keep their mean and variance"


def _stopped_early(method: BoundMethod, n: int, n_plan: int) -> Abstention:
    other = (
        "an enumeration claims nothing before every sample is counted. Run it to the end."
        if method.key == Enumeration.key
        else f"the {method.key} bound makes no claim before its planned n. Run it to the end, or "
        "use the anytime bound, which may be stopped."
    )
    return Abstention(
        reason="stopped-early",
        sentence=f"stopped after {n:,} of {n_plan:,} votes, and {other}",
        n_needed=n_plan,
    )


def _wrong_guess(selection: Votes, estimation: Votes, names: tuple[str, ...]) -> Abstention:
    guess, leader = selection.top, estimation.top
    return Abstention(
        reason="wrong-guess",
        sentence=(
            f"the {selection.n:,} selection votes guessed '{names[guess]}', but '{names[leader]}' "
            f"leads among the {estimation.n:,} fresh votes. A larger n0 makes the guess better"
            f"{NEW_TRY}"
        ),
    )


def _below_half(votes: Votes, top: int, name: str, scheme: Scheme, facts: Facts) -> Abstention:
    cause = (
        NO_SCORES.format(votes.failures, votes.n) if 2 * votes.failures > votes.n else MORE_NOISE
    )
    short = scheme.shortfall_in_words(facts) or (
        f"so its {_bounded(votes)} under the noise is probably not above "
        f"{threshold_in_words(scheme)}."
        f"{cause}"
    )
    return Abstention(
        reason="below-half",
        sentence=f"{_stood(votes, top, name)}, {short}",
    )


def _bounded(votes: Votes) -> str:
    """What a bound on these votes bounds."""
    return "probability" if votes.scores is None else "mean score"


def _stood(votes: Votes, top: int, name: str) -> str:
    """How a class came out, as the begin of a sentence."""
    if votes.scores is None:
        return f"'{name}' won {votes.counts[top]:,} of {votes.n:,} votes"
    mean = round_down(votes.scores.mean(votes.n), 4)
    return f"'{name}' has a mean softmax score of {mean} over {votes.n:,} noisy samples"


def _too_few(
    votes: Votes, top: int, name: str, needed: int, scheme: Scheme, method: BoundMethod, n_plan: int
) -> Abstention:
    how = NEW_TRY
    if method.extendable:
        how = NO_FURTHER_ALPHA
    elif votes.n < needed <= n_plan:
        how = RESUMED
    return Abstention(
        reason="too-few-samples",
        sentence=(
            f"{_stood(votes, top, name)}, too few to exclude {threshold_in_words(scheme)}. About "
            f"n = {needed:,} would certify if {_kept(votes)}{how}"
        ),
        n_needed=needed,
    )
