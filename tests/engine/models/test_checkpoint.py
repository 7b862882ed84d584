from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.models import ModelRequest, load_model
from engine.models.base import NO_CLASS
from engine.models.checkpoint import own_identity
from engine.models.weights import read_safetensors


def load(path: Path, **changes: object):
    return load_model(ModelRequest(str(path), **changes))


def test_a_cohen_checkpoint(cohen, network):
    path = cohen()
    classifier = load(path)
    identity = classifier.identity
    assert identity.architecture == "cifar_resnet20"
    assert identity.parameters == 272_474
    assert identity.format == "checkpoint"
    assert identity.input_shape == (3, 32, 32)
    assert identity.training_sigma == 0.25
    assert identity.class_names[0] == "airplane"
    assert identity.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert identity.normalization.startswith("cifar10: (x - 0.4914 0.4822 0.4465)")
    assert identity.normalization_origin == "default"
    assert "cifar10 was assumed" in identity.notes[0]
    x = torch.rand(3, 3, 32, 32)
    mean = torch.tensor([0.4914, 0.4822, 0.4465]).view(3, 1, 1)
    std = torch.tensor([0.2023, 0.1994, 0.2010]).view(3, 1, 1)
    expected = network("cifar_resnet20", 10)((x - mean) / std)
    torch.testing.assert_close(classifier.scores(x), expected, rtol=1e-4, atol=1e-5)


def test_the_architecture_is_inferred_where_the_file_does_not_name_it(cohen):
    assert load(cohen(arch="something_else")).identity.architecture == "cifar_resnet20"


def test_macer_and_stored_normalisation(tmp_path, network):
    weights = network("cifar_resnet20", 10).state_dict()
    path = tmp_path / "440.pth"
    torch.save({"net": weights, "epoch": 440}, path)
    identity = load(path).identity
    assert (identity.normalization, identity.normalization_origin) == ("none", "default")
    assert "none was assumed" in identity.notes[0]
    assert "come from several trainers" in identity.notes[0]
    torch.save({"net": weights, "epoch": 440, "acc": 93.1}, path)
    assert load(path).identity.normalization.startswith("cifar10: ")
    stored = {f"model.module.{key}": value for key, value in weights.items()}
    stored["norm.module.mu"] = torch.full((3, 1, 1), 0.5)
    stored["norm.module.log_sig"] = torch.full((3, 1, 1), 0.25).log()
    torch.save(stored, path)
    identity = load(path).identity
    assert identity.normalization_origin == "stored in the file"
    assert identity.normalization == "stored: (x - 0.5 0.5 0.5) / 0.25 0.25 0.25"
    assert identity.notes == ()


def test_adversarially_trained_models_are_centred(cohen):
    identity = load(cohen("cifar10/PGD_10steps/eps_64/resnet20/noise_0.50")).identity
    assert identity.normalization_origin == "detected"
    assert identity.normalization.startswith("cifar10-center")
    assert identity.training_sigma == 0.5


def test_a_torchvision_model_under_its_parallel_prefix(tmp_path, network):
    weights = network("resnet18", 5).state_dict()
    path = tmp_path / "checkpoint.pth.tar"
    renamed = {f"1.module.{key}": value for key, value in weights.items()}
    torch.save({"epoch": 1, "arch": "resnet18", "state_dict": renamed}, path)
    identity = load(path).identity
    assert identity.architecture == "resnet18"
    assert identity.input_shape == (3, 224, 224)
    assert len(identity.class_names) == 5
    assert load(path, arch="resnet18@3x64x64").identity.input_shape == (3, 64, 64)


def test_weights_that_do_not_fit_name_the_first_wrong_tensor(tmp_path, cohen, network):
    with pytest.raises(UserError, match=r"holds the tensor layer1\.3\.conv1\.weight, which"):
        weights = network("cifar_resnet32", 10).state_dict()
        path = tmp_path / "w.pt"
        torch.save({"arch": "cifar_resnet20", "state_dict": weights}, path)
        load(path)
    with pytest.raises(
        UserError, match=r"tensor conv1\.weight has the shape 16 x 3 x 3 x 3 instead"
    ):
        load(cohen(), arch="resnet18")
    weights = network("cifar_resnet20", 10).state_dict()
    del weights["bn1.weight"]
    torch.save(weights, path)
    with pytest.raises(UserError, match=r"the tensor bn1\.weight is missing"):
        load(path, arch="cifar_resnet20")
    with pytest.raises(UserError, match="holds weights of no architecture known here; name one"):
        load(path)


def test_an_unknown_architecture_is_refused(cohen):
    with pytest.raises(UserError, match="There is no architecture 'resnet9000'; there are"):
        load(cohen(), arch="resnet9000")


def test_tensors_of_an_unusual_kind_are_refused(tmp_path, network):
    weights = network("cifar_resnet20", 10).state_dict()
    path = tmp_path / "w.pt"
    weights["fc.weight"] = weights["fc.weight"].to(torch.complex64)
    torch.save(weights, path)
    with pytest.raises(UserError, match=r"its tensor fc\.weight is not made of plain real numbers"):
        load(path)


def test_a_model_of_nan_names_no_class(tmp_path, network):
    weights = network("cifar_resnet20", 10).state_dict()
    weights["fc.weight"] = torch.full_like(weights["fc.weight"], float("nan"))
    path = tmp_path / "nan.pt"
    torch.save(weights, path)
    classifier = load(path)
    classifier.prepare(torch.device("cpu"), "fp32")
    assert classifier.classify(torch.rand(4, 3, 32, 32)).tolist() == [NO_CLASS] * 4


def test_half_precision_weights_become_float32(tmp_path, network):
    path = tmp_path / "half.pt"
    weights = {
        key: value.half() for key, value in network("cifar_resnet20", 10).state_dict().items()
    }
    torch.save(weights, path)
    assert load(path).scores(torch.rand(1, 3, 32, 32)).dtype == torch.float32


def test_safetensors_with_header_and_card(tmp_path, network):
    path = tmp_path / "mine.safetensors"
    header = {
        "architecture": "cifar_resnet20",
        "training_sigma": "0.12",
        "normalization": "half",
    }
    save_file(network("cifar_resnet20", 3).state_dict(), path, header)
    (tmp_path / "mine.json").write_text(json.dumps({"name": "mine", "classes": ["a", "b", "c"]}))
    identity = load(path).identity
    assert identity.name == "mine"
    assert identity.class_names == ("a", "b", "c")
    assert identity.training_sigma == 0.12
    assert identity.normalization == "half: (x - 0.5) / 0.5"
    assert identity.normalization_origin == "stored in the file"


def widened(network, channels):
    """The weights of a CIFAR ResNet-20 whose first convolution takes other channels."""
    weights = network("cifar_resnet20", 10).state_dict()
    weights["conv1.weight"] = weights["conv1.weight"].repeat(1, 2, 1, 1)[:, :channels].clone()
    return weights


def test_an_indicator_is_counted_or_stated_and_never_normalised(tmp_path, network):
    path = tmp_path / "w.pt"
    torch.save(widened(network, 4), path)
    classifier = load(path)
    identity = classifier.identity
    assert identity.encoding == "indicator"
    assert identity.input_shape == (4, 32, 32)
    assert identity.image_shape == (3, 32, 32)
    assert "Its 4 channels were taken for red, green, blue and an indicator" in identity.notes[0]
    assert "cifar10 was assumed" in identity.notes[1]
    x = torch.rand(2, 4, 32, 32)
    mean = torch.tensor([0.4914, 0.4822, 0.4465, 0.0]).view(4, 1, 1)
    std = torch.tensor([0.2023, 0.1994, 0.2010, 1.0]).view(4, 1, 1)
    bare = classifier.network((x - mean) / std)
    torch.testing.assert_close(classifier.scores(x), bare, rtol=1e-4, atol=1e-5)


def test_the_header_states_encoding_and_training_scheme(tmp_path, network):
    path = tmp_path / "two.safetensors"
    header = {
        "architecture": "cifar_resnet20",
        "encoding": "complement",
        "training_scheme": json.dumps({"key": "gaussian", "sigma": 0.5}),
    }
    save_file(widened(network, 2), path, header)
    identity = load(path).identity
    assert identity.encoding == "complement"
    assert identity.image_shape == (1, 32, 32)
    assert identity.normalization == "none"
    assert identity.training_scheme == {"key": "gaussian", "sigma": 0.5}
    assert load(path, encoding="indicator", normalize="none").identity.encoding == "indicator"
    save_file(widened(network, 2), path, {"training_scheme": "nonsense"})
    with pytest.raises(UserError, match="takes 2 channels: a grey image with an indicator"):
        load(path)
    notes = load(path, encoding="complement").identity.notes
    assert "It states training noise that is not known here." in notes


def test_an_encoding_that_the_channels_deny_is_refused(cohen):
    with pytest.raises(UserError, match="takes 3 channels, but the encoding 'indicator' has 2"):
        load(cohen(), encoding="indicator")


def test_no_network_larger_than_its_file_is_built(tmp_path, network):
    weights = network("cifar_resnet20", 10).state_dict()
    weights["fc.weight"] = torch.zeros(10**12, 0)
    path = tmp_path / "huge.safetensors"
    save_file(weights, path, {"architecture": "cifar_resnet20"})
    with pytest.raises(UserError, match=r"fc\.bias has the shape 10 instead of 1000000000000"):
        load(path)
    weights["conv1.weight"] = torch.zeros(16, 10**9, 0, 3)
    save_file(weights, path, {"architecture": "cifar_resnet20"})
    with pytest.raises(UserError, match=r"conv1\.weight has the shape 16 x 1000000000 x 0 x 3 ins"):
        load(path)


@pytest.mark.parametrize(
    ("classes", "sentence"), [(0, "its last layer has no class"), (1, "gives a single score.*0.5")]
)
def test_a_single_class_needs_a_threshold(tmp_path, network, classes, sentence):
    weights = network("cifar_resnet20", 10).state_dict()
    weights["fc.weight"], weights["fc.bias"] = torch.zeros(classes, 64), torch.zeros(classes)
    path = tmp_path / "one.safetensors"
    save_file(weights, path, {"architecture": "cifar_resnet20"})
    with pytest.raises(UserError, match=sentence):
        load(path)
    if classes:
        binary = load(path, threshold=0.5)
        assert len(binary.identity.class_names) == 2
        assert binary.scores(torch.rand(3, 3, 32, 32)).tolist() == [[0.5, -0.5]] * 3


@pytest.mark.parametrize("mean", [torch.zeros(10**6), torch.tensor([float("nan")] * 3)])
def test_a_stored_normalisation_that_cannot_be_is_refused(tmp_path, network, mean):
    weights = network("cifar_resnet20", 10).state_dict()
    stored = {"norm.mean": mean, "norm.std": torch.ones(3), **weights}
    path = tmp_path / "odd.safetensors"
    save_file(stored, path, {"architecture": "cifar_resnet20"})
    with pytest.raises(UserError, match="holds a normalisation that cannot be used: its means"):
        load(path)


def test_names_out_of_a_file_are_shown_in_one_line(tmp_path):
    path = tmp_path / "odd.safetensors"
    save_file({"a\n\x00b" * 100: torch.zeros(1)}, path, {"architecture": "digits_cnn"})
    with pytest.raises(UserError) as refused:
        load(path)
    assert str(refused.value).isprintable() and len(str(refused.value)) < 300


HEADER = {
    "architecture": "table_mlp",
    "classes": json.dumps(["sound", "worn"]),
    "training_scheme": json.dumps({"key": "gaussian", "sigma": 0.5}),
}


def identity(path: Path, names: Path | None = None, **header: str) -> ModelIdentity:
    network = nn.Linear(3, 2)
    save_file(network.state_dict(), path, HEADER | header)
    return own_identity(
        path,
        ModelRequest(str(path), class_names=names),
        read_safetensors(path),
        network,
        classes=2,
        input_shape=(3,),
        kind="table",
    )


def test_header_and_bytes_say_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    found = identity(path)
    assert found.name == "m.safetensors" and found.architecture == "table_mlp"
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.class_names == ("sound", "worn") and found.parameters == 8
    assert found.training_sigma == 0.5 and found.encoding == "plain" and found.notes == ()


def test_a_card_beside_it_gives_the_name(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(json.dumps({"name": "pumps"}))
    assert identity(tmp_path / "m.safetensors").name == "pumps"


def test_unknown_training_noise_is_a_note(tmp_path: Path) -> None:
    found = identity(tmp_path / "m.safetensors", training_scheme='{"key": "magic"}')
    assert found.training_scheme is None and found.training_sigma is None
    assert found.notes == ("It states training noise that is not known here.",)


def test_names_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("one\ntwo\nthree\n")
    with pytest.raises(UserError, match="3 class names but the model has 2 classes"):
        identity(tmp_path / "m.safetensors", names)
