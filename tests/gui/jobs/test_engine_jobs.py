"""The real engine behind the window, on a model made here."""

from __future__ import annotations

import json
import threading

import pytest
import torch
from safetensors.torch import save_file

from engine.core.errors import UserError
from engine.evidence.settings import USUAL, CertifySettings, PredictSettings
from engine.figures.images import Illustrations
from engine.models.architectures.digits_cnn import DigitsCNN
from engine.models.request import ModelRequest
from gui.jobs.engine_jobs import EngineJobs
from gui.jobs.sketches import AxesChoice


@pytest.fixture(scope="module")
def model_file(tmp_path_factory):
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("model") / "digits.safetensors"
    save_file(DigitsCNN().state_dict(), str(path))
    return path


def end(generator):
    while True:
        try:
            next(generator)
        except StopIteration as stop:
            return stop.value


@pytest.fixture(scope="module")
def subject(model_file):
    engine = EngineJobs()
    request = ModelRequest(str(model_file))
    _, image = engine.open_input("digits:52", [])
    return engine.prepare(engine.load_model(request), request, image, CertifySettings(), "cpu")[0]


@pytest.fixture(scope="module")
def evidence(subject):
    settings = CertifySettings(n=400, n0=50)
    return end(EngineJobs().count(subject, settings, USUAL, threading.Event()))


def test_the_check_without_noise_is_a_class(subject, model_file):
    engine = EngineJobs()
    _, image = engine.open_input("digits:52", [])
    _, answer = engine.prepare(
        subject.classifier, ModelRequest(str(model_file)), image, CertifySettings(), "cpu"
    )
    assert 0 <= answer < 10


def test_a_run_names_its_own_command(evidence, model_file):
    assert evidence.procedure == "certify"
    assert sum(evidence.votes.estimation) + evidence.votes.estimation_failures == 400
    assert str(model_file) in evidence.command
    assert "--n 400" in evidence.command


def test_predict_names_its_test(subject):
    settings = PredictSettings(n=300, test="two-sided")
    found = end(EngineJobs().count(subject, settings, USUAL, threading.Event()))
    assert found.test.name == "two-sided"
    assert "--test two-class" in found.command


@pytest.mark.walk
@pytest.mark.parametrize(
    "axes", [AxesChoice("random"), AxesChoice("towards", "digits:34"), AxesChoice("adversarial")]
)
def test_every_kind_of_axes_draws(subject, evidence, axes, monkeypatch):
    monkeypatch.setattr("gui.jobs.engine_jobs.SLICE_SECONDS", 0.3)
    figure = end(EngineJobs().explore(subject, evidence, axes, threading.Event()))
    assert figure.base.ndim == 2
    assert figure.class_names == tuple("0123456789")


def test_examples_have_three_noisy_samples(subject, evidence):
    assert len(EngineJobs().examples(subject, evidence).samples) == 3


@pytest.mark.parametrize("fmt", ["pdf", "html", "csv", "json"])
def test_every_format_is_written(evidence, fmt, tmp_path):
    path = EngineJobs().export(evidence, Illustrations(), fmt, tmp_path / f"a.{fmt}")
    data = path.read_bytes()
    assert data
    if fmt == "json":
        assert json.loads(data)["run_id"] == evidence.run_id


def test_the_preview_is_png(evidence):
    pages = EngineJobs().preview(evidence, Illustrations())
    assert all(page.startswith(b"\x89PNG") for page in pages)


def test_there_are_examples_to_choose_from():
    offer = EngineJobs().offer()
    assert len({example.spec for example in offer.gallery}) >= 10
    assert "imagenet" in offer.normalizations
    assert "demo:lattice-attack" in dict(offer.models)


def test_a_folder_becomes_a_row_of_images(tmp_path):
    from PIL import Image

    for name in ("b.png", "a.png"):
        Image.new("L", (8, 8)).save(tmp_path / name)
    specs, image = EngineJobs().open_input(str(tmp_path), [])
    assert len(specs) == 2
    assert image.source == specs[0]
    again, second = EngineJobs().open_input(specs[1], specs)
    assert again is specs
    assert second.source == specs[1]


def test_the_machine_is_described():
    assert "python" in EngineJobs().examine()


def test_normalisations_are_measured_on_shipped_digits(subject):
    specs = [f"digits:{number}" for number in range(20)]
    found = EngineJobs().compare_normalizations(subject.classifier, specs, threading.Event())
    assert found.images == 20
    assert {row.name for row in found.rows} == {"none", "half", "scale=255"}


def test_architectures_can_be_chosen():
    assert {"digits_cnn", "resnet50"} <= set(EngineJobs().architectures())


def test_a_damaged_file_is_no_reason_to_refuse_its_folder(tmp_path):
    from PIL import Image

    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"no image")
    with pytest.raises(UserError, match=r"a\.png is "):
        EngineJobs().open_input(str(tmp_path), [])
    Image.new("L", (8, 8)).save(tmp_path / "c.png")
    specs, given = EngineJobs().open_input(str(tmp_path), [])
    assert given.source == specs[2] and len(specs) == 3
    with pytest.raises(UserError, match=r"b\.png is "):
        EngineJobs().open_input(specs[1], specs)
