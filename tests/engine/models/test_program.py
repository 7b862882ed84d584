from __future__ import annotations

import hashlib
import warnings
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
import torch
from torch import nn

from engine.core.errors import TrustRequired, UserError
from engine.models import ModelRequest, load_model
from engine.models.program import program_classifier


class Mean(nn.Module):
    """Scores from the mean alone; remembers on how many rows it ran."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[int] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.rows.append(len(x))
        mean = x.mean(dim=(1, 2, 3))
        return torch.stack([mean, -mean], dim=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "m.pt"
    path.write_bytes(b"weights")
    return path


def test_a_program_of_one_batch_size_is_fed_in_chunks(file):
    program = Mean()
    classifier = program_classifier(
        file,
        ModelRequest(str(file), normalize="half"),
        lambda device: program,
        format_name="torchscript",
        shape=(1, 4, 4),
        batch=3,
    )
    x = torch.rand(7, 1, 4, 4)
    expected = (x * 2 - 1).mean(dim=(1, 2, 3))
    torch.testing.assert_close(classifier.scores(x)[:, 0], expected)
    assert set(program.rows) == {3}
    assert classifier.identity.normalization == "half: (x - 0.5) / 0.5"


def test_a_program_that_fails_is_refused(file):
    with pytest.raises(UserError, match="does not run on 2 images of 1x4x4; export it again"):
        program_classifier(
            file,
            ModelRequest(str(file)),
            lambda device: nn.Linear(3, 3),
            format_name="torchscript",
            shape=(1, 4, 4),
            batch=None,
        )


def test_the_encoding_is_asked_for_and_the_indicator_left_alone(file):
    def load(**changes):
        return program_classifier(
            file,
            ModelRequest(str(file), normalize="half", **changes),
            lambda device: Mean(),
            format_name="torchscript",
            shape=(2, 4, 4),
            batch=None,
        )

    with pytest.raises(UserError, match="takes 2 channels: a grey image with an indicator"):
        load()
    classifier = load(encoding="indicator")
    assert classifier.identity.encoding == "indicator"
    assert classifier.identity.image_shape == (1, 4, 4)
    x = torch.rand(3, 2, 4, 4)
    expected = torch.stack([x[:, 0] * 2 - 1, x[:, 1]], 1).mean(dim=(1, 2, 3))
    torch.testing.assert_close(classifier.scores(x)[:, 0], expected)


class Pair(nn.Module):
    """Two results: no classifier."""

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x.mean(dim=(1, 2, 3)), x


def export(path: Path, network: nn.Module, example: torch.Tensor, *, free: bool) -> Path:
    shapes = ({0: torch.export.Dim("batch")},) if free else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.export.save(torch.export.export(network, (example,), dynamic_shapes=shapes), path)
    return path


@pytest.mark.walk
@pytest.mark.parametrize("free", [True, False])
def test_a_program_opens_after_consent_only(tmp_path, network, free):
    plain = network("digits_cnn", 10)
    path = export(tmp_path / "m.pt2", plain, torch.zeros(4, 1, 8, 8), free=free)
    with pytest.raises(TrustRequired, match="a format that can run code on this machine") as asked:
        load_model(ModelRequest(str(path)))
    assert asked.value.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert asked.value.path == str(path)
    classifier = load_model(ModelRequest(str(path), trust=True))
    assert classifier.identity.contains_code
    assert classifier.identity.input_shape == (1, 8, 8)
    assert classifier.identity.parameters == 151_306
    classifier.prepare(torch.device("cpu"), "fp32")
    x = torch.rand(7, 1, 8, 8)
    torch.testing.assert_close(classifier.scores(x), plain(x), rtol=1e-4, atol=1e-5)
    with pytest.raises(UserError, match=r"Precision bf16 does not work for a torch\.export file"):
        classifier.prepare(torch.device("cpu"), "bf16")


def test_what_is_no_classifier_is_refused(tmp_path):
    path = export(tmp_path / "m.pt2", Pair(), torch.zeros(2, 1, 8, 8), free=False)
    with pytest.raises(UserError, match=r"returns 2 outputs \(0, 1\); choose one with --output"):
        load_model(ModelRequest(str(path), trust=True))


def test_other_inputs_are_refused(tmp_path):
    path = export(tmp_path / "m.pt2", nn.Linear(3, 2), torch.zeros(2, 3), free=True)
    with pytest.raises(UserError, match="does not take one batch of images of a fixed size"):
        load_model(ModelRequest(str(path), trust=True))
    path = export(tmp_path / "c.pt2", nn.Flatten(), torch.zeros(2, 5, 8, 8), free=False)
    with pytest.raises(UserError, match="takes 5x8x8 images; only images with 1 or 3"):
        load_model(ModelRequest(str(path), trust=True))


def test_a_damaged_program_is_refused(tmp_path):
    from zipfile import ZipFile

    path = tmp_path / "m.pt2"
    with ZipFile(path, "w") as archive:
        archive.writestr("m/archive_format", "pt2")
    with pytest.raises(UserError, match=r"cannot be opened as a torch\.export program"):
        load_model(ModelRequest(str(path), trust=True))


def save(path: Path, network: nn.Module, example: torch.Tensor) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(network, example).save(str(path))
    return path


def test_an_archive_opens_after_consent_only(tmp_path, network):
    plain = network("digits_cnn", 10)
    path = save(tmp_path / "m.pt", plain, torch.zeros(2, 1, 8, 8))
    with pytest.raises(TrustRequired, match="is a TorchScript file, a format that can run code"):
        load_model(ModelRequest(str(path)))
    classifier = load_model(ModelRequest(str(path), trust=True))
    assert classifier.identity.input_shape == (1, 8, 8)
    assert classifier.identity.contains_code
    assert "opened with consent" in classifier.identity.notes[0]
    classifier.prepare(torch.device("cpu"), "fp32")
    x = torch.rand(5, 1, 8, 8)
    torch.testing.assert_close(classifier.scores(x), plain(x))


def test_a_size_that_cannot_be_told_is_asked_for(tmp_path):
    pooled = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
    ).eval()
    path = save(tmp_path / "m.pt", pooled, torch.zeros(2, 3, 32, 32))
    with pytest.raises(
        UserError, match="takes several sizes of images and does not say"
    ) as refused:
        load_model(ModelRequest(str(path), trust=True))
    said = str(refused.value)  # the form, with a size that is an example and no guess
    assert "--arch @CHANNELSxHEIGHTxWIDTH, as --arch @3x224x224 says 3 channels of 224" in said
    assert "384" not in said
    found = load_model(ModelRequest(str(path), trust=True, arch="@3x32x32"))
    assert found.identity.input_shape == (3, 32, 32)
    with pytest.raises(UserError, match="does not run on 2 images of 1x32x32"):
        load_model(ModelRequest(str(path), trust=True, arch="@1x32x32"))


def test_a_damaged_archive_is_refused(tmp_path):
    path = tmp_path / "m.pt"
    with ZipFile(path, "w") as archive:
        archive.writestr("m/constants.pkl", b"\x80\x02")
    with pytest.raises(UserError, match="is a damaged or truncated TorchScript file"):
        load_model(ModelRequest(str(path), trust=True))


class Several(nn.Module):
    """Two outputs, as training code returns them."""

    def __init__(self, *, named: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.named = named

    def forward(self, x):
        seen = self.conv(x).mean(dim=(2, 3), keepdim=True)
        return {"features": seen, "logits": -seen} if self.named else (seen, -seen)


@pytest.mark.parametrize(("named", "output"), [(True, "logits"), (False, "1")])
def test_one_of_several_outputs_is_read(tmp_path, named, output):
    network, path = Several(named=named).eval(), tmp_path / "m.pt"
    x = torch.rand(2, 3, 8, 8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(network, x, strict=False).save(str(path))
    with pytest.raises(UserError, match="returns 2 outputs.*choose one with --output"):
        load_model(ModelRequest(str(path), arch="@3x8x8", trust=True))
    found = load_model(ModelRequest(str(path), arch="@3x8x8", trust=True, output=output))
    expected = -network.conv(x).mean(dim=(2, 3))
    torch.testing.assert_close(found.scores(x), expected)


def flat(classes):
    return nn.Sequential(nn.Flatten(), nn.Linear(64, classes)).eval()


def test_consent_to_one_content_is_none_to_another_at_its_place(tmp_path):
    path, example = tmp_path / "m.pt", torch.zeros(2, 1, 8, 8)
    request = ModelRequest(str(path), arch="@1x8x8")
    for classes in (3, 4):
        save(path, flat(classes), example)
        with pytest.raises(TrustRequired) as asked:
            load_model(request)
        seen = (*request.consented, asked.value.sha256)
        request = replace(request, trust=True, consented=seen)
        assert len(load_model(request).identity.class_names) == classes


def test_consent_to_one_member_of_an_ensemble_is_none_to_the_others(tmp_path):
    first, second = (
        save(tmp_path / name, flat(3), torch.zeros(2, 1, 8, 8)) for name in ("a.pt", "b.pt")
    )
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]
    request = ModelRequest(str(first), others=(str(second),), arch="@1x8x8", trust=True)
    with pytest.raises(TrustRequired) as asked:
        load_model(replace(request, consented=(digests[0],)))
    assert asked.value.path == str(second)
    assert load_model(replace(request, consented=tuple(digests))).identity.parts
