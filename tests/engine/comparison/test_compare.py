import threading

import pytest

from engine.comparison.compare import compare
from engine.comparison.records import Candidate
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.models.base import ModelRequest
from engine.schemes import DssnL1, Gaussian
from tests.fakes import HalfSpace, identity

SETTINGS = CertifySettings(n0=20, n=400)


def load(request: ModelRequest) -> HalfSpace:
    found = HalfSpace(2.0)
    found.identity = identity(10, source=request.spec)
    return found


def candidates(*sigmas: float) -> list[Candidate]:
    return [Candidate(model=f"m{s}", name=f"m{s}", scheme=Gaussian(sigma=s)) for s in sigmas]


def drain(run):
    seen = []
    while True:
        try:
            seen.append(next(run))
        except StopIteration as end:
            return seen, end.value


def test_every_candidate_sees_every_input_with_its_own_noise():
    found = drain(compare(candidates(0.25, 0.5), ["digits:7", "digits:8"], SETTINGS, load=load))[1]
    assert [len(outcomes) for outcomes in found.outcomes] == [2, 2]
    one, other = (outcomes[0].region for outcomes in found.outcomes)
    assert other.radius == pytest.approx(2 * one.radius)  # all votes agree: R is sigma's multiple


def test_what_is_known_grows_input_by_input():
    seen, _ = drain(compare(candidates(0.25, 0.5), ["digits:7", "digits:8"], SETTINGS, load=load))
    sizes = [tuple(len(outcomes) for outcomes in one.result.outcomes) for one in seen]
    assert sizes == sorted(sizes) and (1, 0) in sizes and (2, 2) in sizes


def test_a_stop_leaves_the_unfinished_run_out():
    stop = threading.Event()
    run = compare(candidates(0.25), ["digits:7", "digits:8"], SETTINGS, load=load, stop=stop)
    while not next(run).result.outcomes[0]:
        pass
    stop.set()
    _, found = drain(run)
    assert len(found.outcomes[0]) == 1 and found.inputs == 2


def test_nothing_to_compare_is_one_sentence():
    with pytest.raises(UserError) as caught:
        drain(compare([], ["digits:7"], SETTINGS, load=load))
    assert str(caught.value) == "A comparison needs at least one model and one input."


def test_progress_rises_to_the_end():
    seen, found = drain(compare(candidates(0.25, 0.5), ["digits:7"], SETTINGS, load=load))
    shares = [one.share for one in seen]
    assert shares[0] == 0 and shares[-1] == 1 and shares == sorted(shares)
    assert {one.doing for one in seen} == {"", "m0.25 on digits:7", "m0.5 on digits:7"}
    assert found.bound == "anytime" and found.noise == "float"


def test_models_give_their_memory_back_even_after_a_stop():
    freed = []

    class Freed(HalfSpace):
        def unload(self) -> None:
            freed.append(self)

    run = compare(candidates(0.25, 0.5), ["digits:7"], SETTINGS, load=lambda _: Freed(2.0, 10))
    next(run)
    run.close()
    assert len(freed) == 2


def test_a_scheme_that_knows_no_pixels_is_one_sentence():
    other = Candidate(model="m", name="m", scheme=DssnL1())
    with pytest.raises(UserError) as caught:
        drain(compare([other], ["digits:7"], SETTINGS, load=load))
    assert str(caught.value) == (
        "The scheme 'dssn-l1' of m says nothing of pixels and their l2 norm; compare schemes that "
        "do."
    )


def test_models_of_other_classes_are_one_sentence():
    sizes = iter((10, 3))
    with pytest.raises(UserError) as caught:
        drain(
            compare(
                candidates(0.25, 0.5),
                ["digits:7"],
                SETTINGS,
                load=lambda _: HalfSpace(2.0, next(sizes)),
            )
        )
    assert str(caught.value) == (
        "fake knows 10 classes and fake 3; compare models that name the same classes."
    )
