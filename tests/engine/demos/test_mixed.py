from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import torch

from engine.cli import main
from engine.core.generators import result_of
from engine.demos.data.pumps import FIELDS, NUMBERS
from engine.demos.mixed import RECIPE, coding, replaced
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.inputs import expand, load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.token_classifier import TokenClassifier
from engine.noise.gaussian import NoiseStream
from engine.procedures.certify import certify
from engine.regions import Staircase
from engine.report.json import write_json
from engine.schemes.hybrid_uniform import HybridUniform
from engine.verify import Plan, verify


def test_a_replaced_field_has_another_of_its_values():
    codes = torch.tensor([[0, 2]]).expand(30_000, 2)
    generator = torch.Generator().manual_seed(0)
    found = replaced(codes, (2, 4), 0.3, generator)
    changed = (found != codes).float().mean(dim=0)
    torch.testing.assert_close(changed, torch.tensor([0.3, 0.3]), atol=0.01, rtol=0)
    for value in (0, 1, 3):
        assert float((found[:, 1] == value).float().mean()) == pytest.approx(0.1, abs=0.01)
    assert set(found[:, 0].tolist()) == {0, 1}


def test_the_coding_lists_fields_as_they_are_written_and_is_the_shipped_one():
    made = coding(RECIPE)
    assert [one.name for one in made.columns] == [*NUMBERS, *FIELDS]
    assert made.fields[0].values == FIELDS["sound"][0]
    assert made.numeric[0].mean == float(f"{made.numeric[0].mean:.6g}")
    assert made == load_model(ModelRequest("demo:mixed")).coding


def test_the_shipped_model_is_right_without_noise():
    classifier = load_model(ModelRequest("demo:mixed"))
    classifier.prepare(torch.device("cpu"), "fp32")
    right = 0
    for spec in expand("mixed")[:50]:
        given = fitted(classifier, load_input(spec))
        batch = tuple(torch.from_numpy(part)[None] for part in given.arrays)
        right += int(classifier.classify(batch)) == given.identity.label
    assert right >= 48


SIGMAS = (0.25, 0.5, 0.5, 0.5, 0.75)
SCHEME = HybridUniform(arities="3,3,3,3,3", beta=0.4, sigmas=",".join(map(str, SIGMAS)))
Row = tuple[torch.Tensor, torch.Tensor]


@pytest.fixture(scope="module")
def model() -> TokenClassifier:
    classifier = load_model(ModelRequest("demo:mixed"))
    assert isinstance(classifier, TokenClassifier)
    classifier.prepare(torch.device("cpu"), "fp32")
    return classifier


def certified(model: TokenClassifier, row: int) -> Evidence:
    settings = CertifySettings(scheme=SCHEME, n0=100, n=10_000, seed=7)
    at = ("words=1,epsilon=0.1", "words=1,epsilon1=0.05,epsilon5=0.3", "words=0,epsilon1=9")
    return result_of(certify(model, fitted(model, load_input(f"mixed:{row}")), settings, at=at))


def noisy(row: Row, count: int, key: int) -> Row:
    out = tuple(torch.empty((count, *part.shape), dtype=part.dtype) for part in row)
    SCHEME.noise().draw(row, NoiseStream(key, 9), 0, out)
    return out[0], out[1]


def chance(model: TokenClassifier, row: Row, top: int, count: int) -> torch.Tensor:
    """The class's smoothed score, differentiable in the numbers; the same noise every time."""
    still = noisy((torch.zeros_like(row[0].detach()), row[1]), count, 1)
    scores = model.network(row[0] + still[0], still[1])
    return torch.softmax(scores, dim=1)[:, top].mean()


def fields_attacked(model: TokenClassifier, row: Row, top: int, words: int) -> Row:
    """Field by field, the value that costs the class most."""
    numbers, codes = row[0], row[1].clone()
    for _ in range(words):
        trials = [
            torch.cat([codes[:place], torch.tensor([value]), codes[place + 1 :]])
            for place, value in itertools.product(range(len(codes)), range(3))
            if codes[place] == row[1][place]
        ]
        with torch.no_grad():
            codes = min(trials, key=lambda one: float(chance(model, (numbers, one), top, 400)))
    return numbers, codes


def numbers_attacked(model: TokenClassifier, row: Row, top: int, shift: float) -> Row:
    """Down the gradient, to where the root of the sum of (epsilon_i / sigma_i)^2 is ``shift``."""
    levels = torch.tensor(SIGMAS)
    moved = torch.zeros_like(row[0])
    for _ in range(10):
        at = (row[0] + moved).requires_grad_()
        (slope,) = torch.autograd.grad(chance(model, (at, row[1]), top, 400).log(), at)
        moved = moved - 0.5 * shift * levels * (slope * levels) / (slope * levels).norm()
        moved = moved * min(1.0, shift / float((moved / levels).norm()))
    return row[0] + moved, row[1]


@pytest.mark.thorough
def test_no_attack_succeeds_inside_the_frontier_of_several_sigmas(model: TokenClassifier):
    evidence = certified(model, 0)
    region, top = evidence.region, evidence.predicted_class
    assert isinstance(region, Staircase) and top is not None and len(region.reach) >= 2
    numbers, codes = (torch.from_numpy(one) for one in fitted(model, load_input("mixed:0")).arrays)
    for words, reach in enumerate(region.reach):
        row = fields_attacked(model, (numbers, codes), top, words)
        attacked = numbers_attacked(model, row, top, 0.999 * reach / min(SIGMAS))
        change = {f"epsilon{i + 1}": abs(float(e)) for i, e in enumerate(attacked[0] - numbers)}
        assert region.contains({"words": float(words), **change})
        with torch.no_grad():
            votes = model.classify(noisy(attacked, 4000, 1234)) == top
        # a certified class has more than one half; 4,000 votes may say 0.03 less
        assert float(votes.float().mean()) > 0.47
    farther = numbers_attacked(model, fields_attacked(model, (numbers, codes), top, 3), top, 12.0)
    assert float((model.classify(noisy(farther, 1000, 4)) == top).float().mean()) < 0.5


@pytest.mark.thorough
def test_evidence_of_several_sigmas_is_written_read_and_verified(
    model: TokenClassifier, tmp_path: Path
):
    evidence = certified(model, 1)
    assert Evidence.model_validate_json(evidence.model_dump_json()) == evidence
    assert evidence.certified_at["words=1,epsilon1=0.05,epsilon5=0.3"]
    assert not evidence.certified_at["words=0,epsilon1=9"]
    assert "sigmas 0.25, 0.5, 0.5, 0.5, 0.75" in evidence.statement
    path = tmp_path / "run.json"
    write_json(evidence, path)
    report = verify(path, Plan(rerun=1))
    assert report.ok, report.summary()
    false = {**evidence.certified_at, "words=0,epsilon1=9": True}
    write_json(evidence.model_copy(update={"certified_at": false}), path)
    wrong = [one.name for one in verify(path).claims if one.verdict == "does not hold"]
    assert "perturbations asked for" in wrong


def test_the_command_line_takes_several_sigmas(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = ["certify", "--model", "demo:mixed", "--input", "mixed:1", "--n", "2000"]
    words += ["--sigmas", "0.25,0.5,0.5,0.5,0.75", "--at", "words=1,epsilon5=0.2"]
    words += ["--target", "words=1,epsilon2=0.2", "--json", str(tmp_path / "out.json")]
    assert main(words) == 0
    found = Evidence.model_validate_json((tmp_path / "out.json").read_text())
    assert found.certified_at == {"words=1,epsilon5=0.2": True}  # the easier of the two
    assert found.stop_reason == "target certified"
    capsys.readouterr()
    assert main([*words[:5], "--sigmas", "0.25,0.5"]) == 2
    assert "mixed, row 1 has 5 numeric columns, but --sigmas lists 2; list 5" in " ".join(
        capsys.readouterr().err.split()
    )
