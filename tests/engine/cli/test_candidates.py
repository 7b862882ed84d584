from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli.candidates import candidates_of
from engine.comparison import Attacker, Candidate
from engine.core.errors import UserError
from engine.models.request import REQUEST_FIELDS
from engine.schemes import SCHEMES, Gaussian, Laplace

TRIO = "demo:digits-0.50-adv-a + demo:digits-0.50-adv-b + demo:digits-0.50-adv-c"
DENOISED = "demo:digits-clean, denoiser=demo:digits-denoiser"


def found(*candidates: str, at: Attacker | None = None, **values: Any) -> tuple[Candidate, ...]:
    usual = {"models": "", "schemes": "", "sigma": None, "trust": False}
    given = {**usual, **values, "candidate": list(candidates)}
    return candidates_of(given, [at or Attacker()])


def test_an_ensemble_brings_the_noise_that_its_members_share() -> None:
    (whole,) = found(f"{TRIO}, combine=votes, consensus=2")
    assert whole.scheme == Gaussian(sigma=0.5) and whole.name.startswith("ensemble of 3")
    assert (whole.model.combine, whole.model.consensus, len(whole.model.members)) == ("votes", 2, 3)


def test_models_may_be_ensembles_too() -> None:
    one, two = found(models="demo:digits-0.25,demo:digits-0.25+demo:digits-0.25-b")
    assert not one.model.members and len(two.model.members) == 2


def test_a_noise_is_said_beside_the_model() -> None:
    (denoised,) = found(f"{DENOISED}, sigma=1/4")
    assert denoised.scheme == Gaussian(sigma=0.25)
    assert denoised.model.denoiser == "demo:digits-denoiser"
    (other,) = found("demo:digits-0.25, scheme=laplace, lam=0.2")
    assert other.scheme == Laplace(lam=0.2)


def test_noises_of_one_deviation_replace_those_of_ensembles_too() -> None:
    pair = found(TRIO, schemes="gaussian,laplace", sigma=0.5)
    assert [one.scheme.key for one in pair] == ["gaussian", "laplace"]
    assert all(len(one.model.members) == 3 for one in pair)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (DENOISED, "does not say with which noise it was trained; name models that do, or the"),
        ("demo:digits-0.25 + demo:digits-0.50", "does not say with which noise it was trained"),
        ("demo:digits-0.25 + demo:cifar10-0.25", "cannot be one ensemble"),
        ("demo:digits-0.25 + demo:digits-0.25-b, consensus=3", "between 2 and the 2 members"),
        ("demo:digits-0.25 + demo:digits-0.25-b, combine=mean", "logits, softmax, votes"),
        ("demo:digits-0.25, combine=votes", "name --model several times"),
        ("demo:digits-0.25, denoiser=demo:nothing", "There is no shipped denoiser demo:nothing"),
        ("demo:digits-0.25, keep=3", "keep is no parameter of the scheme gaussian, which takes"),
        ("demo:digits-0.25, sigma=much", "sigma must be a number (it was 'much')."),
        ("demo:digits-0.25, scheme=none", "There is no scheme 'none'; there are:"),
        ("demo:aircraft, sigma=0.1", "which are no classes; schemes are compared on classes."),
        ("demo:karate-sparse", "takes no images; schemes are compared on images."),
    ],
)
def test_what_cannot_take_part_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        found(text)
    assert sentence in str(refused.value) and "\n" not in str(refused.value)


def test_a_noise_is_said_once() -> None:
    with pytest.raises(UserError) as refused:
        found("demo:digits-0.25, sigma=0.5", schemes="gaussian", sigma=0.5)
    assert str(refused.value).startswith("--schemes names the noise of every model; leave it out")


def test_no_parameter_of_a_scheme_is_called_as_a_field_of_a_request() -> None:
    parameters = {name for scheme in SCHEMES for name in scheme.model_fields}
    assert not parameters & {field.name for field in REQUEST_FIELDS}


def test_an_ensemble_beside_its_members_in_one_comparison(program: Any, tmp_path: Path) -> None:
    target = tmp_path / "c.json"
    members = TRIO.replace(" ", "").split("+")
    said = ["--models", ",".join(members), "--candidate", f"{TRIO}, combine=votes, consensus=2"]
    votes = ["--n0", "50", "--n", "600", "--seed", "0", "--json", str(target)]
    shown = program("compare", "--input", "digits:52", *said, *votes)
    assert shown.status == 0 and "ensemble" in shown.out
    result = json.loads(target.read_text())
    assert [one["model"] for one in result["candidates"][:3]] == members
    assert result["candidates"][3]["model"] == {
        "spec": members[0],
        "others": members[1:],
        "combine": "votes",
        "consensus": 2,
    }
    assert [part["role"] for part in result["models"][3]["parts"]] == ["member"] * 3 + ["rule"]
