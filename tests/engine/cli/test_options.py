"""A scheme of the catalogue has its flags without an edit of the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import Field

from engine import schemes
from engine.cli import app, main, options, subject
from engine.core.errors import UserError
from engine.core.fields import field_specs
from engine.core.records import ProbabilityBounds
from engine.evidence.settings import CertifySettings, Task
from engine.models.request import ModelRequest
from engine.noise.gaussian_law import GaussianNoise
from engine.noise.law import NoiseLaw
from engine.oracles.audit import read_audit
from engine.oracles.keywords import from_text
from engine.procedures.command_line import command_line
from engine.regions import Perturbation, Term
from engine.schemes import Scheme

TASKS: tuple[Task, ...] = ("certify", "predict", "decide")


class Flips(Scheme):
    """A scheme the command line has never heard of."""

    key: ClassVar[str] = "flips"
    title: ClassVar[str] = "Flips"
    citation: ClassVar[str] = "nobody"
    inputs: ClassVar[tuple[str, ...]] = ("graph",)
    attacker: ClassVar[str] = "flip bits"
    terms: ClassVar[Mapping[str, Term]] = {"additions": Term("bits", whole=True)}
    limits: ClassVar[tuple[str, ...]] = ()

    p_plus: float = Field(default=0.01, gt=0, lt=1, title="p+", description="chance of an addition")
    sigma: float = Field(default=0.5, gt=0, title="sigma", description="width")
    keep: int | None = Field(default=None, ge=1, title="keep", description="bits that stay")
    sure: bool = Field(default=False, title="sure", description="a switch")

    def noise(self) -> NoiseLaw:
        return GaussianNoise(self.sigma, "bits")

    def region(self, bounds: ProbabilityBounds) -> None:
        return None

    def required_probability(self, perturbation: Perturbation) -> float:
        return 1.0

    def noise_in_words(self) -> str:
        return "flips"


@pytest.fixture
def two_schemes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemes, "SCHEMES", (schemes.Gaussian, Flips))


def settings_of(monkeypatch: pytest.MonkeyPatch, *words: str) -> CertifySettings:
    seen: list[CertifySettings] = []

    def read(values: Any) -> int:
        seen.append(options.read_settings(values, "certify"))
        return 0

    monkeypatch.setattr(app, "certify_command", read)
    program = app.build(None)
    program(
        ["certify", "--model", "m", "--input", "x", *words],
        prog_name="certiscope",
        standalone_mode=False,
    )
    return seen[0]


def test_without_flags_every_default_is_the_declared_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_of(monkeypatch) == CertifySettings(seed=None)


def test_a_radius_to_stop_at_is_a_target(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_of(monkeypatch, "--target-radius", "0.5").target == "radius=0.5"
    assert settings_of(monkeypatch, "--target-radius", "0").target == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("--target-radius", "0.2", "--target", "radius=0.2"),
            "Give either --target-radius or --target, not both.",
        ),
        (
            ("--target-radius", "0", "--target", "radius=0.2"),
            "Give either --target-radius or --target, not both.",
        ),
        (
            ("--target-radius", "0.2", "--scheme", "ablation"),
            "The scheme 'ablation' certifies no radius; say --target entities=1 instead of "
            "--target-radius.",
        ),
        (
            ("--target-radius", "0.2", "--scheme", "dssn-l1"),
            "--target stops early, and dssn-l1 is exact; leave --target out.",
        ),
    ],
)
def test_a_target_that_cannot_be_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(UserError) as refused:
        settings_of(monkeypatch, *words)
    assert str(refused.value) == sentence


@pytest.mark.usefixtures("two_schemes")
def test_a_new_scheme_brings_its_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings_of(monkeypatch, "--scheme", "flips", "--p-plus", "0.2")
    assert found.scheme == Flips(p_plus=0.2)


@pytest.mark.usefixtures("two_schemes")
def test_a_shared_flag_keeps_each_schemes_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_of(monkeypatch).scheme.model_dump()["sigma"] == 0.25
    assert settings_of(monkeypatch, "--scheme", "flips").scheme.model_dump()["sigma"] == 0.5
    both = settings_of(monkeypatch, "--scheme", "flips", "--sigma", "2")
    assert both.scheme.model_dump()["sigma"] == 2


def test_a_flag_that_is_whole_for_one_scheme_alone_takes_fractions_for_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """--reach is a count of pixels of translation-black, and any length of others."""
    words = "certify --model demo:digits-rotation --input digits16:52 --n0 10 --n 50 --quiet"
    own = "--scheme individual-translation --reach 0.25 --error 9"
    assert main([*words.split(), *own.split(), "--device", "cpu"]) in (0, 3)
    assert main([*words.split(), "--scheme", "translation-black", "--reach", "1.5"]) == 2
    assert "reach" in capsys.readouterr().err


@pytest.mark.usefixtures("two_schemes")
def test_the_flag_of_another_scheme_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError) as refused:
        settings_of(monkeypatch, "--p-plus", "0.2")
    said = "--p-plus belongs to the scheme flips; gaussian takes --sigma, --top-k."
    assert str(refused.value) == said


@pytest.mark.usefixtures("two_schemes")
def test_the_help_names_every_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    app.main(["certify", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "--p-plus" in text
    assert "gaussian, flips" in text


def test_no_scheme_takes_the_name_of_a_run_setting() -> None:
    taken = {each.name for task in TASKS for each in options.run_flags(task)}
    taken |= {each.name for each in [*subject.subject_flags(), *options.output_flags()]}
    for scheme in schemes.SCHEMES:
        assert not taken & {spec.name for spec in field_specs(scheme)}, scheme.key


@pytest.mark.usefixtures("two_schemes")
def test_a_scheme_with_switches_and_missing_values_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for scheme in (Flips(), Flips(keep=3, sure=True)):
        line = command_line(ModelRequest("m"), "x", CertifySettings(scheme=scheme))
        words = line.split()[line.split().index("--scheme") :]
        assert settings_of(monkeypatch, *words).scheme == scheme


def test_a_flag_of_two_meanings_says_which_is_whose(capsys: pytest.CaptureFixture[str]) -> None:
    app.main(["certify", "--help"])
    text = " ".join(capsys.readouterr().out.replace("│", "").split())
    assert "For ablation: Probability that an entity (pixel, node) is ablated" in text
    assert "hierarchical-sparse: Probability that an entity (pixel, node) is noised." in text


def test_the_examples_of_the_help_are_files_that_work(tmp_path: Path) -> None:
    """What --oracle and --oracle-labels show as an example is written down and read back."""
    flags = {each.name: each.default.help for each in subject.request_flags()}
    flags |= {each.name: each.default.help for each in options.oracle_label_flags()}
    lines = re.findall(r"'([a-z ]+: [a-z ,]+)'", flags["oracle"])
    oracle = from_text("\n".join(lines), "rules.txt")
    assert oracle.classify(["go left", "halt"]) == [0, 1]
    header, row, counts, count_row = re.findall(
        r"'([a-z0-9 ]+,[a-z0-9 ,]+)'", flags["oracle_labels"]
    )
    path = tmp_path / "labels.csv"
    path.write_text(f"{header}\n{row}\n")
    names = oracle.identity.class_names
    assert read_audit(path, names, oracle).about("turn left").accepted_true == 1
    path.write_text(f"{counts}\n{count_row}\n")
    assert read_audit(path, names, oracle).about("turn left").accepted_false == 3


def test_a_flag_that_decides_nothing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blur = ("--scheme", "blur", "--law", "uniform")
    assert settings_of(monkeypatch, *blur, "--lam", "3", "--a", "5").scheme.scale == 5
    said = "--lam decides nothing beside the other flags, and is ignored."
    assert said in " ".join(capsys.readouterr().err.split())
    printed = ("--lam", "4.0", "--a", "5", "--s", "4.0")  # all of them, as in a printed line
    settings_of(monkeypatch, *blur, *printed)
    assert "ignored" not in capsys.readouterr().err
    settings_of(monkeypatch, "--scheme", "uniform", "--lam", "0.5", "--sigma", "0.25")
    said = "--sigma decides nothing beside the other flags, and is ignored."
    assert said in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        (("rotation", "--bound", "anytime", "--noise", "float", "--batch", "32"), []),
        (("dssn-l1", "--bound", "live", "--n", "300", "--seed", "3"), ["--n", "--bound", "--seed"]),
        (("gaussian", "--bound", "clopper-pearson", "--n", "300"), []),
    ],
)
def test_a_setting_that_the_scheme_leaves_no_choice_about_is_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    flags: list[str],
) -> None:
    settings_of(monkeypatch, "--scheme", *words)
    shown = " ".join(capsys.readouterr().err.split())
    said = f"decides nothing under the scheme {words[0]}, and is ignored."
    assert shown.count("ignored") == len(flags)
    assert all(f"{flag} {said}" in shown for flag in flags)


def test_a_bound_that_a_sweep_leaves_no_choice_about_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(UserError, match="rotation has the bound anytime: leave clopper-pearson"):
        settings_of(monkeypatch, "--scheme", "rotation", "--bound", "clopper-pearson")


def test_a_flag_of_many_schemes_is_told_to_be_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="--norm .* schemes laplace, .*pow-2, .*; gaussian takes"):
        settings_of(monkeypatch, "--norm", "l1")
