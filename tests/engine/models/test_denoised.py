"""A denoiser before a classifier, certified as one function."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

from engine.cli import main
from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.models import ModelRequest, load_model
from engine.models.base import NO_CLASS, Classifier
from engine.models.denoised import DenoisedClassifier
from engine.models.denoisers import DenoiserFacts, NetworkDenoiser
from engine.models.diffusion_schedule import Schedule
from engine.models.ensemble import Ensemble
from engine.verify.parts import check_denoiser
from tests.denoisers import save_plain

CPU = torch.device("cpu")
DIGITS = "demo:digits-0.25"
RUN = ["--input", "digits:4", "--sigma", "0.25", "--n0", "20", "--n", "300", "--seed", "3"]


class Halved(nn.Module):
    """Half of its image; of a diffusion model the noise that it predicts."""

    def forward(self, x: torch.Tensor, step: torch.Tensor | None = None) -> torch.Tensor:
        del step
        return x / 2


def denoiser(shape: tuple[int, int, int], schedule: Schedule | None = None) -> NetworkDenoiser:
    return NetworkDenoiser(Halved(), DenoiserFacts("half", "half", "00", "half", shape, schedule))


@pytest.fixture(scope="module")
def digits() -> Classifier:
    found = load_model(ModelRequest(DIGITS))
    found.prepare(CPU, "fp32")
    return found


def test_the_classifier_sees_denoised_images_in_its_own_size(digits: Classifier) -> None:
    x = torch.rand(3, 1, 8, 8)
    same = DenoisedClassifier(digits, denoiser((1, 8, 8)))
    torch.testing.assert_close(same.scores(x), digits.scores(x / 2))
    assert same.identity.architecture == "half, then digits_cnn"
    small = DenoisedClassifier(digits, denoiser((1, 4, 4)))
    x = torch.rand(3, 1, 4, 4)
    wanted = functional.interpolate(x / 2, (8, 8), mode="bicubic", antialias=True)
    torch.testing.assert_close(small.scores(x), digits.scores(wanted))
    assert small.identity.input_shape == (1, 4, 4)
    assert "resized to 8x8 bicubic" in small.identity.architecture
    assert any("denoised and then resized to 1x8x8" in note for note in small.identity.notes)


def test_gradients_reach_the_noisy_image(digits: Classifier) -> None:
    whole = DenoisedClassifier(digits, denoiser((1, 8, 8)))
    x = torch.rand(1, 1, 8, 8, requires_grad=True)
    assert whole.differentiable
    whole.scores(x).sum().backward()
    assert x.grad is not None and float(x.grad.abs().sum()) > 0


def test_parts_that_do_not_fit_are_a_sentence(digits: Classifier) -> None:
    with pytest.raises(UserError, match=r"gives images of 3 channels \(3x8x8\)"):
        DenoisedClassifier(digits, denoiser((3, 8, 8)))
    for spec, said in (
        ("demo:aircraft", "is for classifiers of images"),
        ("demo:letters-mask", "is for classifiers of images"),
        ("demo:digits-hierarchical", "told which pixels are noised"),
    ):
        with pytest.raises(UserError, match=said):
            DenoisedClassifier(load_model(ModelRequest(spec)), denoiser((1, 8, 8)))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plain") / "dncnn.safetensors"
    save_plain(path)
    return path


def certified(plain: Path, out: Path, *words: str) -> Evidence:
    given = ["certify", "--model", DIGITS, "--denoiser", str(plain), *RUN, "--device", "cpu"]
    assert main([*given, *words, "--json", str(out), "--quiet"]) in (0, 3)
    return Evidence.model_validate_json(out.read_text(encoding="utf-8"))


def test_counts_do_not_depend_on_the_batch_and_are_drawn_again(
    plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, case = tmp_path / "a.json", tmp_path / "a.certiscope"
    found = certified(plain, out, "--batch", "256", "--case", str(case))
    again = certified(plain, tmp_path / "b.json", "--batch", "7")
    assert found.votes.estimation == again.votes.estimation
    assert f"--denoiser {plain}" in found.command
    assert main(["verify", str(out), "--rerun", "all"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "model file of denoiser dncnn.safetensors: holds" in said
    assert "model as its card says: digits-cnn, sigma 0.25: holds" in said
    assert main(["resume", str(case), "--run", "1", "--n", "600", "--quiet"]) in (0, 3)
    assert main(["verify", str(case)]) == 0


def test_another_denoiser_is_another_model(plain: Path, tmp_path: Path) -> None:
    found = certified(plain, tmp_path / "a.json")
    bare = load_model(ModelRequest(DIGITS)).identity
    assert found.model.sha256 != bare.sha256 and found.model.name == "dncnn.safetensors + " + (
        bare.name
    )
    changed = plain.read_bytes()
    moved = tmp_path / "dncnn.safetensors"
    moved.write_bytes(changed[:-1] + bytes([changed[-1] ^ 1]))
    other = load_model(ModelRequest(DIGITS, denoiser=str(moved))).identity
    assert other.sha256 != found.model.sha256


def test_a_run_takes_its_step_from_sigma_and_a_forged_one_fails(
    digits: Classifier, tmp_path: Path
) -> None:
    from engine.core.generators import result_of
    from engine.evidence.settings import CertifySettings
    from engine.inputs import load_input
    from engine.models import fitted
    from engine.procedures.certify import certify
    from engine.schemes import Gaussian

    model = DenoisedClassifier(digits, denoiser((1, 8, 8), Schedule(steps=1000)))
    given = fitted(model, load_input("digits:4"))
    runs = [
        result_of(certify(model, given, CertifySettings(scheme=Gaussian(sigma=s), n0=10, n=100)))
        for s in (0.25, 0.5)
    ]
    parts = [run.model.part("denoiser") for run in runs]
    assert [part.time_step for part in parts if part is not None] == [145, 259]  # golden
    assert any("time step 145 of 1,000" in note for note in runs[0].model.notes)
    assert [check_denoiser(run) for run in runs] == [[], []]
    text = runs[0].model_dump_json().replace('"time_step":145', '"time_step":144')
    wrong = check_denoiser(Evidence.model_validate_json(text))
    assert wrong == ["its denoiser's time step is 144, and follows as 145"]
    with pytest.raises(UserError, match="The denoiser's schedule ends at noise of sigma"):
        next(certify(model, given, CertifySettings(scheme=Gaussian(sigma=90.0), n0=10, n=100)))


def test_examples_show_the_noisy_and_the_denoised_image(digits: Classifier) -> None:
    from engine.evidence.settings import CertifySettings
    from engine.explain.examples import examples
    from engine.figures.media import ImageMedium
    from engine.inputs import load_input
    from engine.models import fitted

    model = DenoisedClassifier(digits, denoiser((1, 8, 8)))
    figure = examples(
        model,
        fitted(model, load_input("digits:4")),
        CertifySettings(),
        region=None,
        center_class=None,
        device="cpu",
    )
    assert figure is not None and len(figure.original.media) == 1
    for sample in figure.samples:
        noisy, seen = sample.media
        assert isinstance(noisy, ImageMedium) and isinstance(seen, ImageMedium)
        inside = noisy.pixels < 1  # else it was clipped for display
        assert abs(seen.pixels - noisy.pixels / 2)[inside].max() < 1e-6
        assert "as the denoiser gives it to the model" in sample.note


def test_ensembles_and_modules_in_memory_stand_behind_one_too(plain: Path) -> None:
    import certiscope as cs
    from engine.verify.parts import check_parts
    from tests.networks import Linear

    request = ModelRequest(DIGITS, others=("demo:digits-0.50",), denoiser=str(plain))
    whole = load_model(request)
    assert isinstance(whole, DenoisedClassifier) and check_parts(whole.identity) == []
    assert [p.role for p in whole.identity.parts] == ["member", "member", "rule", "denoiser"]
    x = torch.rand(1, 8, 8)
    result = cs.smooth(Linear(), cs.Gaussian(sigma=0.25), denoiser=str(plain)).certify(x, n=100)
    evidence = result.result().evidence
    assert evidence.model.part("denoiser") is not None
    assert check_parts(evidence.model) == []


class Roots(nn.Module):
    """NaN where a pixel is below 0."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.sqrt()


def test_an_image_that_the_denoiser_makes_no_numbers_of_has_no_class(digits: Classifier) -> None:
    """Fused layers take a NaN for 0, so that the classifier alone would name one."""
    facts = DenoiserFacts("roots", "roots", "0" * 64, "Roots", (1, 8, 8))
    whole = DenoisedClassifier(digits, NetworkDenoiser(Roots(), facts))
    whole.prepare(torch.device("cpu"), "fp32")
    batch = torch.full((3, 1, 8, 8), 0.5)
    batch[1, 0, 0, 0] = -0.1
    assert whole.scores(batch).isnan().all(1).tolist() == [False, True, False]
    pair = DenoisedClassifier(Ensemble([digits, digits], consensus=2), whole.denoiser)
    assert pair.member_answers() is None
    named = pair.classify(batch).tolist()
    assert named[1] == NO_CLASS and pair.member_answers()[:, 1].tolist() == [NO_CLASS] * 2
    assert pair.member_answers()[:, [0, 2]].tolist() == [[named[0], named[2]]] * 2
    assert (whole.classify(batch) == NO_CLASS).tolist() == [False, True, False]
