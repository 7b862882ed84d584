import threading

import pytest

from engine.comparison.compare import compare
from engine.comparison.records import Candidate
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.inputs import load_input
from engine.models import fitted, load_model
from engine.models.base import ModelRequest
from engine.procedures.certify import certify
from engine.schemes import DssnL1, Gaussian, Laplace
from tests.denoisers import save_diffusion
from tests.fakes import HalfSpace, finish, identity

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


def test_an_ensemble_and_a_denoised_model_are_compared_as_what_they_are():
    first, *others = (f"demo:digits-0.50-adv-{name}" for name in "abc")
    requests = [
        ModelRequest(first),
        ModelRequest(first, others=tuple(others), combine="votes", consensus=2),
        ModelRequest("demo:digits-clean", denoiser="demo:digits-denoiser"),
    ]
    asked = [Candidate(model=one, name=one.spec, scheme=Gaussian(sigma=0.5)) for one in requests]
    settings = SETTINGS.model_copy(update={"seed": 3, "bound": "clopper-pearson"})
    _, found = drain(compare(asked, ["digits:7"], settings))
    for one, outcomes in zip(asked, found.outcomes, strict=True):
        classifier = load_model(one.model)
        taken = fitted(classifier, load_input("digits:7"))
        own = settings.model_copy(update={"scheme": one.scheme})
        assert finish(certify(classifier, taken, own)).region == outcomes[0].region
    alone, ensemble, denoised = found.models
    assert not alone.parts
    assert [part.role for part in ensemble.parts] == ["member"] * 3 + ["rule"]
    assert ensemble.part("rule").rules == {"combine": "votes", "consensus": 2}
    assert denoised.part("denoiser").time_step == 496  # the step of sigma 0.5, not of none
    assert found.shapes == ((1, 8, 8), (1, 8, 8), (1, 16, 16))
    assert "images of different sizes (8 × 8, 16 × 16)" in found.remark
    read = type(found).model_validate_json(found.model_dump_json())
    assert read == found and [one.model for one in read.candidates] == requests


def test_a_comparison_of_an_earlier_version_still_opens():
    _, found = drain(compare(candidates(0.25), ["digits:7"], SETTINGS, load=load))
    kept = found.model_dump(mode="json")
    assert kept["candidates"][0]["model"] == "m0.25"
    del kept["models"]
    assert type(found).model_validate(kept) == found.model_copy(update={"models": ()})


def test_noise_that_a_denoiser_has_no_step_for_is_refused_before_any_run(tmp_path):
    save_diffusion(tmp_path / "d", num_train_timesteps=100, beta_schedule="linear")
    behind = ModelRequest("demo:digits-clean", denoiser=str(tmp_path / "d"))
    pair = [
        Candidate(model=behind, name="d", scheme=Gaussian(sigma=0.25)),
        Candidate(model=behind, name="d", scheme=Laplace(lam=0.2)),
        Candidate(model=behind, name="d", scheme=Gaussian(sigma=50)),
    ]
    for taken, sentence in (
        (pair[:2], "A diffusion model takes its time step from the one sigma of Gaussian noise"),
        (pair[::2], "The denoiser's schedule ends at noise of sigma"),
    ):
        with pytest.raises(UserError, match=sentence):
            next(compare(taken, ["digits:7"], SETTINGS))


def test_under_the_soft_bound_scores_are_compared_and_that_is_said():
    first, other = (f"demo:digits-0.50-adv-{name}" for name in "ab")
    summed = ModelRequest(first, others=(other,))
    asked = [Candidate(model=one, name="a", scheme=Gaussian(sigma=0.5)) for one in
             (ModelRequest(first), summed)]  # fmt: skip
    settings = CertifySettings(n0=20, n=400, bound="soft")
    _, found = drain(compare(asked, ["digits:7"], settings))
    assert found.bound == "soft" and found.done == 1
    assert found.remark.startswith("Under the soft bound the class with the highest mean score")
    voting = Candidate(
        model=ModelRequest(first, others=(other,), combine="votes"), name="v", scheme=Gaussian()
    )
    with pytest.raises(UserError, match="The soft bound is about the mean softmax score"):
        next(compare([*asked, voting], ["digits:7"], settings))  # before any run
