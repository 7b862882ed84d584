"""Every value of evidence of every kind is changed, removed or invented, as a forger would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

import certiscope as cs
from engine.cli import main
from engine.evidence.evidence import Evidence
from engine.models import ModelRequest, load_model
from engine.models.quadratic import quadratic_of
from engine.report.json import evidence_json
from engine.verify.leaves import RULES, WORDS, explained, rule_of
from engine.verify.reading import read_evidence
from tests.encrypted import image_file, model_file, serving
from tests.leaves import (
    LEVELS,
    SERVED,
    forgeries,
    found_by,
    known_values,
    leaves,
    spelled,
    unnoticed,
    without_places,
)
from tests.networks import Linear

CERTIFY = "certify --n0 20 --n 100 --seed 3 --device cpu --quiet"
FAMILIES = {
    "gaussian": f"{CERTIFY} --model demo:digits-0.25 --input digits:17 --at radius=0.1 "
    "--client ACME --auditor Ada",
    "ended early": f"{CERTIFY} --model demo:digits-0.25 --input digits:17 --n 5000 "
    "--target radius=0.1",
    "attacked": "attack --n0 20 --n 100 --seed 3 --device cpu --quiet --model demo:digits-0.25 "
    "--input digits:17 --attack-samples 200 --attack-n 500",
    "keypoints": f"{CERTIFY} --model demo:aircraft --input aircraft:0",
    "medians": "certify --model demo:aircraft --input aircraft:0 --epsilon 0.1 --n 300 --seed 3 "
    "--device cpu --quiet",
    "abstained": f"{CERTIFY} --model demo:digits-0.25 --input digits:17 --n 6",
    "hierarchical": f"{CERTIFY} --model demo:digits-hierarchical --input digits:17",
    "text": f"{CERTIFY} --model demo:letters-mask --input letters:5",
    "graph": f"{CERTIFY} --model demo:karate-sparse --input karate:12",
    "hybrid": f"{CERTIFY} --model demo:filter --input filter:3",
    "generative": f"{CERTIFY} --model demo:commands --input commands:3 --bound clopper-pearson",
    "ensemble": f"{CERTIFY} --model demo:digits-0.25 --model demo:digits-0.50 "
    "--model demo:digits-0.25 --input digits:4 --consensus 2",
    "denoised": f"{CERTIFY} --model demo:digits-clean --denoiser demo:digits-denoiser "
    "--input digits16:17 --sigma 0.25",
    "dssn-l1": "certify --device cpu --quiet --model demo:digits-0.25 --input digits:17 "
    "--scheme dssn-l1 --lam 0.1",
    "rotation": f"{CERTIFY} --model demo:digits-rotation --input digits16:17 --scheme rotation "
    "--degrees 4 --at rotation=1",
    "stumps": "certify --device cpu --quiet --model demo:breast-cancer-stumps "
    "--input breast-cancer:3 --scheme stumps --sigma 4 --samples 100",
    "vote": "certify --device cpu --quiet --model demo:breast-cancer-vote --input breast-cancer:3 "
    "--scheme stumps-vote --norm l1 --lam 4 --samples 100",
    "predict": "predict --n 100 --seed 3 --device cpu --quiet --model demo:digits-0.25 "
    "--input digits:17 --sigma 0.25",
    "decide": "decide --n 2000 --seed 3 --device cpu --quiet --model demo:digits-0.25 "
    "--input digits:17 --sigma 0.25 --radius 0.1",
}


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evidence]:
    """A run of every kind, and one that was resumed, and one of a module in memory."""
    folder, found = tmp_path_factory.mktemp("families"), {}

    def run(name: str, words: str) -> Evidence:
        path = folder / f"{name}.json"
        assert main([*words.split(), "--json", str(path)]) in (0, 3), name
        evidence = read_evidence(path.read_bytes(), path).evidence
        assert evidence is not None
        return evidence

    for name, words in FAMILIES.items():
        found[name] = run(name, words)
    case = folder / "a.certiscope"
    run("first", f"{CERTIFY} --model demo:digits-0.25 --input digits:18 --case {case}")
    found["resumed"] = run("resumed", f"resume {case} --run 1 --n 250 --quiet")
    labels = folder / "labels.csv"
    said = {group.text: group for group in found["generative"].answers}
    names = found["generative"].model.class_names
    rows = [f"{t},{names[g.class_index]},{names[g.class_index]},{g.count}" for t, g in said.items()]
    labels.write_text("answer,said,true,count\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found["labelled"] = run("labelled", f"{FAMILIES['generative']} --oracle-labels {labels}")
    model = load_model(ModelRequest(str(model_file(folder / "m.safetensors"))))
    image = image_file(folder / "x.png")
    with serving(quadratic_of(model), identity=model.identity) as address:
        words = f"{CERTIFY} --encrypted {address.place} --input {image} --sigma 0.1"
        found["encrypted"] = run("encrypted", words)
        SERVED[address.spec] = model.identity.source
    module = cs.smooth(Linear(), cs.Gaussian(sigma=0.25), device="cpu")
    found["memory"] = module.certify(torch.zeros(1, 8, 8) + 0.9, n=100, n0=20).result().evidence
    return found


@pytest.mark.thorough
def test_every_change_is_found_or_listed(families: dict[str, Evidence]) -> None:
    known, slipped = known_values(families.values()), []
    for name, evidence in families.items():
        levels = LEVELS[:1] if evidence.model.in_memory else LEVELS[:2]
        assert not any(found_by(evidence, level) for level in levels), name
        own = name == "encrypted"  # its model is no shipped one, of which a card would tell more
        wanted = unnoticed(evidence, known, lambda path, own=own: not own or path[0] == "encrypted")
        slipped += [(name, *one) for one in wanted]
    assert not slipped, "\n".join(map(repr, slipped))


@pytest.mark.thorough
def test_what_only_drawing_again_shows_is_shown_by_it(families: dict[str, Evidence]) -> None:
    """Each such value of each rule once; votes may come out alike under another precision."""
    known, slipped, seen = known_values(families.values()), [], set[str]()
    for name in ("gaussian", "medians", "hierarchical", "generative", "graph"):
        evidence = families[name]
        assert not found_by(evidence, "re-drawn"), name
        for path, value, forged in forgeries(
            evidence, known, lambda _, rule: rule is not None and rule.found == "re-drawn"
        ):
            place = spelled(without_places(path))
            if place in seen or any(found_by(forged, level) for level in LEVELS[:2]):
                continue
            seen.add(place)
            if place != "settings.precision" and not found_by(forged, "re-drawn"):
                slipped.append((name, spelled(path), value))
    assert not slipped, "\n".join(map(repr, slipped))


@pytest.mark.thorough
def test_no_rule_is_idle_and_each_has_a_reason(families: dict[str, Evidence]) -> None:
    paths = {
        spelled(path)
        for evidence in families.values()
        for path in leaves(json.loads(evidence_json(evidence)))
    }
    for rule in RULES:
        assert rule.reason and rule.found in WORDS
        assert any(rule_of(path) is rule for path in paths), rule


@pytest.mark.thorough
def test_what_is_listed_as_not_checkable_is_not(families: dict[str, Evidence]) -> None:
    """Of every such rule some change passes with the files at hand: the list is needed."""
    known, passed = known_values(families.values()), set[str]()
    whole = ("gaussian", "attacked", "ended early", "resumed", "labelled", "text", "graph")
    for name in (*whole, "ensemble", "encrypted"):
        for path, _, forged in forgeries(
            families[name],
            known,
            lambda _, rule: (
                rule is not None and rule.found == "never" and rule.reason not in passed
            ),
        ):
            rule = rule_of(spelled(path))
            assert rule is not None
            if rule.reason not in passed and not any(found_by(forged, it) for it in LEVELS[:2]):
                passed.add(rule.reason)
    assert passed == {rule.reason for rule in RULES if rule.found == "never"}


def test_people_are_told_what_cannot_be_checked() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    lines = list(explained())
    for rule in RULES:
        assert any(rule.reason in line and rule.values[0] in line for line in lines)
        if rule.found == "never":
            values = ", ".join(f"`{value}`" for value in rule.values)
            assert f"| {values} | {rule.reason} |" in readme
