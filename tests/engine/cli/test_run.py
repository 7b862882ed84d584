"""certify and predict from flags to exit status."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import beta, norm

from engine.cli import main, run
from engine.core.errors import UserError
from tests.engine.cli.conftest import SUBJECT
from tests.fakes import HalfSpace, Misbehaving

ROOT = Path(__file__).parents[3]


def test_certified_radius_is_cohens_formula_of_the_votes(certify: Any) -> None:
    shown = certify("--bound", "clopper-pearson", "--json", "-", "--sigma", "0.5")
    assert shown.status == 0
    found = json.loads(shown.out)
    k = found["observations"]["estimation"][0]
    p_lower = beta.ppf(0.001, k, 2000 - k + 1)
    assert found["outcome"] == "certified"
    assert found["predicted_class"] == 0
    assert found["bounds"]["p_lower"] == pytest.approx(p_lower, abs=1e-9)
    assert found["radius"] == pytest.approx(0.5 * norm.ppf(p_lower), abs=1e-8)
    assert found["radius"] < 0.5  # the true robust radius of this classifier


def test_json_has_the_fields_the_readme_promises(certify: Any) -> None:
    found = json.loads(certify("--json", "-", "--at", "radius=0.1", "--at", "radius=9").out)
    assert found["schema_version"] == "2.0"
    assert found["certified_at"] == {"radius=0.1": True, "radius=9": False}
    assert found["settings"]["scheme"] == {"key": "gaussian", "sigma": 0.25}
    assert sum(found["observations"]["selection"]) == 100
    assert found["bounds"]["method"] == "anytime"
    assert found["model"]["sha256"] and found["input"]["sha256"]
    assert found["performance"]["samples_per_second"] > 0
    assert found["software"]["torch"]
    assert found["region"]["kind"] == "ball"


def test_abstention_has_status_3_and_a_reason(certify: Any) -> None:
    shown = certify("--json", "-", value=0.5)
    assert shown.status == 3
    found = json.loads(shown.out)
    assert (found["outcome"], found["radius"], found["region"]) == ("abstained", None, None)
    assert found["abstention"]["sentence"] in shown.err


def test_same_seed_same_votes_whatever_the_batch(certify: Any) -> None:
    def votes(*words: str) -> Any:
        return json.loads(certify("--json", "-", *words, value=0.4).out)["observations"]

    assert votes("--seed", "1", "--batch", "64") == votes("--seed", "1", "--batch", "1000")
    assert votes("--seed", "1") != votes("--seed", "2")


def test_predict_has_both_tests(program: Any) -> None:
    words = ["predict", "--model", "fake", "--input", "flat", "--device", "cpu", "--n", "500"]
    one = program(*words, "--json", "-")
    two = program(*words, "--json", "-", "--test", "two-class")
    assert one.status == two.status == 0
    assert json.loads(one.out)["test"]["name"] == "one-sided"
    assert json.loads(two.out)["test"]["name"] == "two-sided"
    assert json.loads(two.out)["outcome"] == "predicted"
    assert program(*words, value=0.5).status == 3


def test_unknown_test_is_refused(program: Any) -> None:
    shown = program("predict", "--model", "m", "--input", "x", "--test", "three")
    assert shown.status == 2
    assert shown.err == "certiscope: --test must be one-sided or two-class (it was 'three').\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--sigma", "0"], "sigma must be greater than 0 (it was 0.0)."),
        (["--sigma", "-1"], "sigma must be greater than 0 (it was -1.0)."),
        (["--sigma", "nan"], "sigma must be"),
        (["--alpha", "0"], "alpha must be greater than or equal to 1e-30 (it was 0.0)."),
        (["--alpha", "1"], "alpha must be less than 1 (it was 1.0)."),
        (["--n", "0"], "n must be greater than or equal to 1 (it was 0)."),
        (["--n0", "-5"], "n0 must be greater than or equal to 1 (it was -5)."),
        (["--bound", "hoeffding"], "bound must be 'anytime', 'live', 'anytime-two-class', "),
        (["--precision", "int8"], "precision must be 'fp32', 'bf16' or 'fp16'"),
        (["--scheme", "cauchy"], "There is no scheme 'cauchy'; there are: gaussian"),
        (["--at", "words=3"], "--at words=3: gaussian knows the terms radius, not 'words'."),
        (["--at", "radius=much"], "--at radius=much: 'much' is not a number."),
        (["--sigma", "big"], "--sigma must be a number such as 0.25 or 64/255"),
        (["--sgima", "1"], "No such option"),
    ],
)
def test_bad_values_are_one_sentence_and_status_2(
    certify: Any, words: list[str], sentence: str
) -> None:
    shown = certify(*words)
    assert shown.status == 2
    assert shown.out == ""
    assert shown.err.startswith("certiscope: ")
    assert sentence in shown.err
    assert shown.err.count("\n") == 1


def test_an_input_of_another_shape_is_refused(certify: Any) -> None:
    model = HalfSpace(0.5)
    model.identity = model.identity.model_copy(update={"input_shape": (3, 32, 32)})
    shown = certify(classifier=model)
    assert shown.status == 2
    assert shown.err == (
        "certiscope: The model takes inputs of shape (3, 32, 32), the input has (1, 8, 8).\n"
    )


def test_a_model_that_gives_nan_abstains_and_says_so(certify: Any) -> None:
    shown = certify("--json", "-", classifier=Misbehaving("nan"))
    assert shown.status == 3
    found = json.loads(shown.out)
    assert found["observations"]["estimation_failures"] == 2000 - sum(
        found["observations"]["estimation"]
    )
    assert found["predicted_class"] is None


def test_a_refusal_while_loading_is_shown_as_it_is(
    program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_request: Any) -> None:
        raise UserError("There is no file gone.pt.")

    monkeypatch.setattr(run, "model_request", refuse)
    shown = program("certify", "--model", "gone.pt", "--input", "x")
    assert (shown.status, shown.err) == (2, "certiscope: There is no file gone.pt.\n")


def test_the_command_in_the_evidence_repeats_the_run(certify: Any) -> None:
    found = json.loads(
        certify("--json", "-", "--seed", "0", "--alpha", "0.01", "--at", "radius=0.2").out
    )
    assert found["command"] == (
        "certiscope certify --model fake --input flat --scheme gaussian --sigma 0.25 --n0 100 "
        "--n 2000 --alpha 0.01 --bound anytime --seed 0 --batch 100 --device cpu --at radius=0.2"
    )


def test_without_a_seed_every_run_draws_its_own_and_its_command_repeats_it(
    certify: Any, program: Any
) -> None:
    found = [json.loads(certify("--json", "-").out) for _ in range(2)]
    seeds = [one["settings"]["seed"] for one in found]
    assert seeds[0] != seeds[1]
    assert {one["settings"]["seed_origin"] for one in found} == {"drawn"}
    words = shlex.split(found[0]["command"])[1:]
    again = json.loads(program(*words, "--json", "-").out)
    assert (again["observations"], again["chain"]) == (found[0]["observations"], found[0]["chain"])
    assert (again["settings"]["seed"], again["settings"]["seed_origin"]) == (seeds[0], "given")


@pytest.mark.walk
@pytest.mark.parametrize("kept", [False, True])
def test_an_abstention_prints_the_command_that_extends_its_run(
    program: Any, tmp_path: Path, *, kept: bool
) -> None:
    model = HalfSpace(0.03)  # 54.8 % of the votes
    words = [*SUBJECT, "--n", "300", "--seed", "1", "--json", "-"]
    words += ["--case", str(tmp_path / "a.certiscope")] if kept else []
    shown = program("certify", *words, classifier=model)
    first = json.loads(shown.out)
    assert first["abstention"]["reason"] == "too-few-samples"
    (line,) = (line for line in shown.err.splitlines() if "To extend this run" in line)
    command = shlex.split(line.partition("further alpha: ")[2])[1:]
    assert command[0] == ("resume" if kept else "certify")
    found = json.loads(program(*command, "--json", "-", classifier=model).out)
    assert found["settings"]["n"] == first["abstention"]["n_needed"]
    assert found["settings"]["seed"] == first["settings"]["seed"]
    assert found["observations"]["selection"] == first["observations"]["selection"]
    assert found["noise"]["key"] == first["noise"]["key"]
    assert "To extend" not in program("certify", *SUBJECT, "--n", "300", "--bound", "live").err


@pytest.mark.walk
@pytest.mark.parametrize("about", ["turn right", "turn left"])
def test_a_model_that_writes_from_flags_to_evidence(tmp_path: Path, about: str) -> None:
    labels, out = tmp_path / "labels.csv", tmp_path / "out.json"
    labels.write_text(f"class,accepted,true,count\n{about},yes,yes,90\n{about},no,no,110\n")
    words = [
        "certify", "--model", "demo:commands", "--input", "commands:5", "--n", "1000",
        "--oracle-labels", str(labels), "--json", str(out), "--device", "cpu", "--quiet",
    ]  # fmt: skip
    assert main(words) == 0
    found = json.loads(out.read_text())
    assert found["class_name"] == "turn right"
    assert sum(group["count"] for group in found["answers"]) == 1000
    if about == "turn right":
        assert found["transfer"]["audit"]["about"] == about
        assert 0 < found["transfer"]["radius"] < found["radius"]
    else:  # labels of another class say nothing of this one
        assert found["transfer"] is None
        assert f"are about '{about}', and the votes chose 'turn right'" in found["warnings"][-1]
    assert f"--oracle-labels {labels}" in found["command"]
    assert main(["verify", str(out), "--rerun", "1"]) == 0


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("--oracle-alpha", "0.1"), "--oracle-alpha must be between 0 and 1 and needs --oracle"),
        (("--oracle-labels", "none.csv", "--oracle-alpha", "1"), "--oracle-alpha must be between"),
        (("--audit", "none.csv"), "--oracle-labels is for answers of generative models"),
        (("--oracle", "rules.txt"), "demo:digits-0.25 does not write answers"),
    ],
)
def test_oracles_and_labels_that_do_not_fit(
    flags: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["certify", "--model", "demo:digits-0.25", "--input", "digits:52", "--n", "100"]
    assert main([*words, *flags]) == 2
    assert sentence in capsys.readouterr().err


class _Interrupting(Misbehaving):
    """Sends this process Ctrl+C at its 30th batch."""

    def scores(self, batch: Any) -> Any:
        if self.calls == 30:
            os.kill(os.getpid(), signal.SIGINT)
        return super().scores(batch)


def test_a_stopped_run_keeps_its_votes_and_says_that_it_is_partial(
    certify: Any, tmp_path: Path
) -> None:
    target = tmp_path / "partial.json"
    shown = certify("--n", "100000", "--json", str(target), classifier=_Interrupting("slow", 25))
    found = json.loads(target.read_text())
    assert found["complete"] is False
    assert 0 < sum(found["observations"]["estimation"]) < 100_000
    assert "Stopped after" in found["statement"]
    assert shown.status == (0 if found["outcome"] == "certified" else 3)


@pytest.mark.walk
@pytest.mark.parametrize(
    "words",
    [
        ["--model", "nothing", "--input", "digits:1"],
        ["--model", "none.onnx", "--input", "digits:1"],
        ["--model", "demo:digits-0.25", "--input", "none.png"],
        ["--model", "demo:digits-0.25", "--input", "digits:99999"],
        ["--model", "demo:digits-0.25", "--input", "digits:1", "--json", "/none/x.json"],
    ],
)
def test_names_that_are_wrong_are_said_before_torch_is_loaded(words: list[str]) -> None:
    code = (
        "import sys\nfrom engine.cli.app import main\nstatus = main(sys.argv[1:])\n"
        "sys.exit(99 if {'torch', 'scipy'} & set(sys.modules) else status)"
    )
    for task in ("certify", "predict"):
        line = [sys.executable, "-c", code, task, *words]
        done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == 2, done.stderr


def test_that_the_case_lacks_the_result_is_said_beside_what_else_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a full disk neither finds room, and the case seemed to hold what it does not."""
    from engine import report
    from engine.case import Case

    def full(what: str) -> Callable[..., None]:
        def fail(*_: object) -> None:
            raise UserError(f"Cannot write {what}: the disk is full.")

        return fail

    monkeypatch.setattr(Case, "finish", full("the case"))
    monkeypatch.setattr(report, "write_report", full("the report"))
    words = "certify --model demo:digits-0.25 --input digits:52 --sigma 0.25 --n 200 --quiet"
    files = ["--case", str(tmp_path / "c.certiscope"), "--report", str(tmp_path / "r.pdf")]
    assert main([*words.split(), *files]) == 1
    said = capsys.readouterr().err
    assert "Cannot write the report" in said
    assert "result is not in its case file: Cannot write the case" in said
