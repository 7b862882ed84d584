import json

import pytest

from engine.cli.app import main
from engine.cli.compare import read_attacker
from engine.comparison import compare as comparing
from engine.core.errors import UserError
from engine.inputs import drawn, expand

RUN = ["compare", "--input", "digits:7", "--n0", "20", "--n", "500"]


def test_the_table_and_the_json(capsys, tmp_path):
    target = tmp_path / "c.json"
    models = "demo:digits-0.25,demo:digits-0.50"
    status = main(
        [*RUN, "--models", models, "--at", "entities=1,epsilon=0.2", "--json", str(target)]
    )
    assert status == 0
    said = capsys.readouterr()
    assert "1 px, 0.2" in said.out and f"Wrote {target}." in said.err
    found = json.loads(target.read_text())
    assert [one["model"] for one in found["candidates"]] == models.split(",")
    assert found["outcomes"][0][0]["region"]["kind"] == "ball"


def test_labels_are_read_as_said(tmp_path, capsys):
    """A map by which every digit is called 3, so that nothing is right."""
    labels, target = tmp_path / "labels.csv", tmp_path / "c.json"
    labels.write_text("".join(f"{digit},3\n" for digit in range(10)))
    mapped = ["--labels", str(labels), "--json", str(target), "--quiet"]
    assert main([*RUN, "--models", "demo:digits-0.25", *mapped]) == 0
    assert "Wrote" not in capsys.readouterr().err
    (outcome,) = json.loads(target.read_text())["outcomes"][0]
    assert outcome["label"] == 3 != outcome["predicted_class"]


@pytest.mark.parametrize("text", ["radius=1", "entities=1", "entities=1,epsilon=1,words=2"])
def test_an_attacker_in_other_terms_is_one_sentence(text):
    with pytest.raises(UserError) as caught:
        read_attacker(text)
    assert str(caught.value) == (f"--at {text}: an attacker is written entities=2,epsilon=0.25.")


def test_every_outcome_as_csv(tmp_path):
    target = tmp_path / "c.csv"
    assert main([*RUN, "--models", "demo:digits-0.25", "--quiet", "--csv", str(target)]) == 0
    header, *rows = target.read_text().splitlines()
    assert header.startswith("model,name,noise,input") and len(rows) == 3  # attackers


def test_a_model_that_does_not_exist(capsys):
    assert main([*RUN, "--models", "demo:nothing"]) == 2
    assert "There is no shipped model demo:nothing" in capsys.readouterr().err


def test_noises_of_one_deviation_against_an_attacker_in_l1(capsys, tmp_path):
    target = tmp_path / "c.json"
    asked = ["--models", "demo:digits-0.25", "--schemes", "gaussian,laplace,uniform"]
    known = ["--sigma", "0.2", "--at", "epsilon=0.1,norm=l1", "--json", str(target)]
    assert main([*RUN, *asked, *known]) == 0
    assert "0.1 l1" in capsys.readouterr().out
    found = json.loads(target.read_text())
    schemes = [one["scheme"] for one in found["candidates"]]
    assert [one["key"] for one in schemes] == ["gaussian", "laplace", "uniform"]
    assert schemes[1]["lam"] == pytest.approx(0.2 / 2**0.5) and schemes[2]["norm"] == "l1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--schemes", "uniform"], "--schemes and --sigma go together"),
        (["--schemes", "uniform", "--sigma", "0.2"], "--schemes needs --models"),
        (
            ["--schemes", "ablation", "--sigma", "0.2", "--models", "demo:digits-0.25"],
            "'ablation' has no noise of one standard deviation",
        ),
        (
            ["--schemes", "uniform", "--sigma", "0.2", "--models", "demo:digits-0.25",
             "--at", "epsilon=1,norm=l1", "--at", "epsilon=1"],
            "share one norm (there are l1, l2)",
        ),
    ],
)  # fmt: skip
def test_noises_that_do_not_go_together_are_one_sentence(words, said, capsys):
    assert main([*RUN, *words]) == 2
    assert said in capsys.readouterr().err


def test_inputs_of_a_set_are_drawn_by_the_seed(capsys, tmp_path):
    """The same seed draws the same, another another; the table and the file say so."""

    def asked(seed: str) -> dict:
        words = ["compare", "--input", "digits", "--limit", "3", "--seed", seed, "--n0", "10"]
        target = tmp_path / f"{seed}.json"
        models = ["--models", "demo:digits-0.25", "--n", "100", "--json", str(target)]
        assert main([*words, *models]) == 0
        return json.loads(target.read_text())

    one, again, other = asked("5"), asked("5"), asked("6")
    names = [[each["input"] for each in found["outcomes"][0]] for found in (one, again, other)]
    known = expand("digits")
    assert names[0] == names[1] == drawn(known, 3, 5) and names[2] == drawn(known, 3, 6)
    assert one["available"] == len(known) and one["inputs"] == 3
    shown = " ".join(capsys.readouterr().out.split())
    assert f"over 3 of 3 inputs, drawn by lot from {len(known):,} by seed 5" in shown


def test_a_limit_below_one_is_refused(capsys):
    assert main([*RUN, "--limit", "0"]) == 2
    assert "--limit must be 1 or more (it was 0)" in capsys.readouterr().err


@pytest.mark.parametrize(("runs", "status"), [(0, 130), (1, 4), (2, 4), (3, 0)])
def test_a_comparison_that_is_stopped_is_no_whole_one(runs, status, capsys, tmp_path, monkeypatch):
    """With an answer it keeps what it has, status 4; without one there is no result."""
    real = comparing.compare

    def stopped(*given, stop, **how):
        running = real(*given, stop=stop, **how)
        for now in running:
            if now.runs >= runs:
                stop.set()
            yield now
        return now.result

    monkeypatch.setattr(comparing, "compare", stopped)
    target = tmp_path / "c.json"
    words = ["compare", "--input", "digits", "--limit", "3", "--n0", "10", "--n", "100"]
    models = ["--models", "demo:digits-0.25", "--quiet", "--json", str(target)]
    assert main([*words, *models]) == status
    said = capsys.readouterr().err
    assert ("Stopped before the first input of the comparison" in said) == (runs == 0)
    assert target.exists() == (runs > 0)
    if runs:
        assert len(json.loads(target.read_text())["outcomes"][0]) == runs


def test_names_and_noises_are_whole_on_a_narrow_terminal_and_speak_of_pixels(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*RUN, "--models", "demo:digits-ablation,demo:digits-hierarchical"]) == 0
    said = capsys.readouterr().out
    assert "…" not in said and "hierarchical-gaussian, p 0.9, sigma 0.25" in said
    assert "12 of 64 pixels kept" in said and "or nodes" not in said


def test_the_csv_has_the_name_that_was_asked_for(tmp_path):
    asked, beside = tmp_path / "c.txt", tmp_path / "c.csv"
    beside.write_text("mine")
    assert main([*RUN, "--models", "demo:digits-0.25", "--quiet", "--csv", str(asked)]) == 0
    assert asked.read_text().startswith("model,name,noise,input") and beside.read_text() == "mine"
