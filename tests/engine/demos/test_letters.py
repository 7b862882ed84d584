"""The shipped models that sort letters: their files, what they certify, and attacks on that."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import torch

from engine.cli import main
from engine.core.generators import result_of
from engine.demos.data.letters import CLASSES, vocabulary
from engine.demos.letters import letters, noisy_words
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.native_metadata import taught_scheme
from engine.models.token_classifier import TokenClassifier
from engine.noise.gaussian import NoiseStream
from engine.procedures.certify import certify
from engine.regions import Count
from engine.report.json import write_json
from engine.schemes import Scheme
from engine.verify import Plan, verify

CPU, SIZE = torch.device("cpu"), len(vocabulary())
NAMES = ("letters-mask", "letters-uniform")


def opened(name: str) -> TokenClassifier:
    classifier = load_model(ModelRequest(f"demo:{name}"))
    assert isinstance(classifier, TokenClassifier)
    classifier.prepare(CPU, "fp32")
    return classifier


def scheme_of(model: TokenClassifier) -> Scheme:
    found = taught_scheme(model.identity)
    assert found is not None
    return found


def certified(model: TokenClassifier, number: int, n: int = 10_000) -> Evidence:
    settings = CertifySettings(scheme=scheme_of(model), n0=100, n=n, seed=7)
    return result_of(certify(model, fitted(model, load_input(f"letters:{number}")), settings))


def test_training_noise_is_that_of_the_scheme():
    for kernel in ("mask", "uniform"):
        tokens = torch.tensor([[3, 7, SIZE]]).expand(20_000, 3)
        found = noisy_words(tokens, kernel, 0.6, SIZE, torch.Generator().manual_seed(0))
        changed = (found != tokens).double().mean(dim=0).tolist()
        assert changed == pytest.approx([0.6, 0.6, 0.0], abs=0.015)
        others = found[:, 0][found[:, 0] != 3]
        if kernel == "mask":
            assert set(others.tolist()) == {SIZE}
        else:
            assert others.max() < SIZE and others.unique().numel() == SIZE - 1


def test_letters_are_padded_with_masks():
    tokens, matters = letters(range(8))
    assert tokens.max() == SIZE and matters.tolist() == [0, 1, 2, 3] * 2


@pytest.mark.walk
@pytest.mark.parametrize("name", NAMES)
def test_most_letters_certify_a_word_within_seconds(name: str):
    model, wins = opened(name), 0
    began = time.perf_counter()
    for number in range(8):
        found = certified(model, number)
        assert found.region is None or isinstance(found.region, Count)
        right = found.predicted_class == found.input.label
        wins += bool(right and found.region is not None and found.region.most >= 1)
    assert wins >= 6
    assert time.perf_counter() - began < 60


def share(model: TokenClassifier, tokens: torch.Tensor, top: int, count: int, key: int) -> float:
    out = torch.empty((count, len(tokens)), dtype=torch.int64)
    scheme_of(model).noise().draw(tokens, NoiseStream(key, 9, CPU), 0, out)
    return float((model.classify(out) == top).double().mean())


def attacked(model: TokenClassifier, tokens: torch.Tensor, top: int, words: int) -> torch.Tensor:
    """The words that say most for the class, each replaced by what says most for the runner-up.

    A bag of words has no order, so the strongest change is known up to the layer above the sum.
    """
    with torch.no_grad():
        alone = torch.log_softmax(model.network(torch.arange(SIZE)[:, None]), dim=1)
    other = (top + 1) % len(CLASSES)
    lead = alone[:, top] - alone[:, other]
    found = tokens.clone()
    found[lead[tokens].argsort(descending=True)[:words]] = lead.argmin()
    return found


@pytest.mark.walk
@pytest.mark.parametrize("name", NAMES)
def test_no_attack_succeeds_inside_the_certified_number_of_words(name: str):
    model = opened(name)
    for number in range(3):
        evidence = certified(model, number)
        region, top = evidence.region, evidence.predicted_class
        assert isinstance(region, Count) and top is not None and region.most >= 1
        given = fitted(model, load_input(f"letters:{number}"))
        tokens = torch.from_numpy(given.arrays[0])
        inside = attacked(model, tokens, top, region.most)
        assert int((inside != tokens).sum()) == region.most
        # a certified class has more than one half; 4,000 votes may say 0.03 less
        assert share(model, inside, top, 4000, 1234) > 0.47
        outside = attacked(model, tokens, top, 25)
        assert share(model, outside, top, 1000, 4) < 0.5


def test_a_run_is_verified_and_started_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    write_json(certified(opened("letters-mask"), 5, n=2000), tmp_path / "run.json")
    report = verify(tmp_path / "run.json", Plan(rerun=1))
    assert report.ok, report.summary()
    words = ["certify", "--model", "demo:letters-mask", "--input", "letters:5", "--n", "2000"]
    assert main([*words, "--at", "words=2", "--json", str(tmp_path / "out.json")]) == 0
    found = Evidence.model_validate_json((tmp_path / "out.json").read_text())
    assert found.settings.scheme.key == "text-mask" and found.certified_at == {"words=2": True}
    capsys.readouterr()
    words[4] = "text:where is my helicopter"
    assert main(words) == 2
    assert "The word 'helicopter' is not among the 525" in " ".join(capsys.readouterr().err.split())
