"""The command line of a run, parsed again by the command line's own reader."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cli import app
from engine.cli.run import Order, model_request
from engine.evidence.setting_fields import LEAST_ALPHA
from engine.evidence.settings import CertifySettings, Execution, PredictSettings, declared
from engine.models.request import ModelRequest
from engine.procedures.command_line import command_line
from engine.schemes import SCHEMES, DssnL1, Gaussian, Scheme

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
names = texts.filter(lambda text: not text.startswith("-"))
runs = st.builds(
    CertifySettings,
    scheme=st.builds(Gaussian, sigma=st.floats(1e-6, 100, exclude_min=True)),
    n0=st.integers(1, 10**9),
    n=st.integers(1, 10**9),
    alpha=st.floats(LEAST_ALPHA, 1, exclude_max=True),
    bound=st.sampled_from(["anytime", "live", "clopper-pearson", "two-class"]),
    seed=st.integers(0, 2**63 - 1),
    precision=st.sampled_from(["fp32", "bf16", "fp16"]),
)
executions = st.builds(
    Execution,
    batch=st.integers(0, 10**6),
    device=st.sampled_from(["auto", "cpu", "cuda", "cuda:1", "mps"]),
)
models = st.builds(
    ModelRequest,
    spec=names,
    arch=st.sampled_from(["", "resnet50", "cifar_resnet20@3x32x32"]),
    normalize=st.sampled_from(["auto", "none", "imagenet"]),
    encoding=st.sampled_from(["auto", "plain", "indicator", "complement"]),
    trust=st.booleans(),
    class_names=st.sampled_from([None, Path("with a space.txt")]),
    oracle=st.sampled_from([None, Path("my rules.txt")]),
    prompt=st.sampled_from(["", "What do you see? 'Nothing'"]),
    max_new_tokens=st.integers(0, 1024),
)
ensembles = st.builds(
    ModelRequest,
    spec=names,
    others=st.lists(names, min_size=1, max_size=3).map(tuple),
    combine=st.sampled_from(["logits", "softmax", "votes"]),
    consensus=st.integers(0, 4),
)


def parsed(line: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the program reads from ``line``, as a shell would split it."""
    seen: dict[str, Any] = {}

    def keep(procedure: str) -> Any:
        def command(values: Any) -> int:
            seen.update(values, procedure=procedure)
            return 0

        return command

    monkeypatch.setattr(app, "certify_command", keep("certify"))
    monkeypatch.setattr(app, "predict_command", keep("predict"))
    program, *words = shlex.split(line)
    assert program == "certiscope"
    assert app.main(words) == 0
    return seen


@pytest.mark.thorough
@given(model=models | ensembles, source=names, settings=runs, execution=executions)
def test_round_trip_certify(
    model: ModelRequest, source: str, settings: CertifySettings, execution: Execution
) -> None:
    line = command_line(model, source, settings, execution, ["radius=0.25", "radius=0.5"])
    with pytest.MonkeyPatch.context() as patch:
        values = parsed(line, patch)
    order = Order.read("certify", values)
    assert order.settings == settings
    assert order.execution == execution
    assert order.input == source
    assert order.at == ("radius=0.25", "radius=0.5")
    assert model_request(values) == model


@pytest.mark.thorough
@given(settings=runs, test=st.sampled_from(["one-sided", "two-sided"]))
def test_round_trip_predict(settings: CertifySettings, test: Any) -> None:
    values = {**settings.model_dump(exclude={"kind"}), "test": test}
    declares = declared("predict", settings.scheme, values)
    line = command_line(ModelRequest("m"), "x", declares)
    with pytest.MonkeyPatch.context() as patch:
        order = Order.read("predict", parsed(line, patch))
    assert order.settings == declares


def test_defaults_stay_out_but_the_numbers_of_the_claim_stay_in() -> None:
    line = command_line(ModelRequest("demo:digits-0.25"), "digits:7", CertifySettings())
    assert line == (
        "certiscope certify --model demo:digits-0.25 --input digits:7 --scheme gaussian "
        "--sigma 0.25 --n0 100 --n 100000 --alpha 0.001 --bound anytime --seed 0"
    )


def test_names_are_quoted_for_the_shell() -> None:
    line = command_line(ModelRequest("my model; rm -rf.pt"), "a 'b'.png", CertifySettings())
    assert shlex.split(line)[3] == "my model; rm -rf.pt"
    assert shlex.split(line)[5] == "a 'b'.png"


def test_predict_names_neither_n0_nor_bound() -> None:
    line = command_line(ModelRequest("m"), "x", PredictSettings(test="two-sided"))
    assert "--n0" not in line
    assert "--bound" not in line
    assert line.endswith("--test two-class")


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.key)
def test_every_scheme_comes_back(scheme: type[Scheme], monkeypatch: pytest.MonkeyPatch) -> None:
    settings = declared("certify", scheme(), {"n": 1234})
    line = command_line(ModelRequest("m"), "x", settings)
    assert Order.read("certify", parsed(line, monkeypatch)).settings == settings


def test_where_all_noise_is_counted_there_is_nothing_to_choose() -> None:
    line = command_line(ModelRequest("m"), "x", declared("certify", DssnL1(), {"n": 5}))
    assert line == "certiscope certify --model m --input x --scheme dssn-l1 --lam 0.5"


def test_labels_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    line = command_line(
        ModelRequest("demo:commands"),
        "commands:5",
        CertifySettings(),
        audit=Path("my labels.csv"),
        alpha_audit=0.01,
    )
    order = Order.read("certify", parsed(line, monkeypatch))
    assert (order.audit, order.alpha_audit) == (Path("my labels.csv"), 0.01)
    assert order.command(ModelRequest("demo:commands")) == line
