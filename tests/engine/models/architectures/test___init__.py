from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from engine.core.errors import UserError
from engine.models import architectures


def shapes_of(name: str, classes: int) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        weights = architectures.by_name(name, {}).build(classes).state_dict()
    return {key: tuple(value.shape) for key, value in weights.items()}


@pytest.mark.walk
@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("cifar_resnet20", 10),
        ("cifar_resnet110", 100),
        ("digits_cnn", 10),
        ("resnet50", 1000),
        ("wide_resnet50_2", 7),
        ("densenet121", 12),
        ("vit_b_16", 5),
        ("squeezenet1_0", 9),
    ],
)
def test_shapes_tell_the_architecture(name, classes):
    shapes = shapes_of(name, classes)
    assert architectures.class_count(shapes) == classes
    found = architectures.infer(shapes)
    assert found is not None
    assert found.name == name


def test_resnet50_has_the_size_of_the_published_checkpoint():
    shapes = shapes_of("resnet50", 1000)
    assert len(shapes) == 320


def test_foreign_shapes_tell_nothing():
    assert architectures.infer({"fc.weight": (10, 64)}) is None
    assert architectures.infer({}) is None
    assert architectures.class_count({"encoder.weight": (3, 3)}) is None


def test_names_of_published_checkpoints():
    assert architectures.by_name("cifar_resnet110", {}).name == "cifar_resnet110"
    assert architectures.by_name("resnet110", {}).name == "cifar_resnet110"
    assert architectures.by_name("imagenet32_resnet110", {}).family == "cifar10"
    assert architectures.by_name("resnet50", {}).input_shape == (3, 224, 224)
    assert architectures.by_name("inception_v3", {}).input_shape == (3, 299, 299)
    grey = architectures.by_name("cifar_resnet20", {"conv1.weight": (16, 1, 3, 3)})
    assert grey.input_shape == (1, 32, 32)


@pytest.mark.parametrize(
    "name", ["nothing", "cifar_resnet21", "cifar_resnet600002", "fcn_resnet50"]
)
def test_unknown_names_are_refused(name):
    with pytest.raises(UserError, match=f"There is no architecture '{name}'; there are digits_cnn"):
        architectures.by_name(name, {})


def test_every_offered_name_is_known():
    names = architectures.known()
    assert {"digits_cnn", "cifar_resnet20", "cifar_resnet110", "resnet50"} <= set(names)
    assert len(set(names)) == len(names)
    for name in (*names[:6], "resnet50"):
        assert architectures.by_name(name, {}).name == name


@pytest.mark.walk
@pytest.mark.parametrize(
    ("name", "stem", "channels"),
    [
        ("resnet18", "conv1", 6),
        ("vgg11", "features.0", 4),
        ("densenet121", "features.conv0", 6),
        ("vit_b_16", "conv_proj", 4),
        ("mobilenet_v2", "features.0.0", 4),
        ("cifar_resnet20", "conv1", 4),
        ("digits_cnn", "conv1", 2),
    ],
)
def test_a_first_convolution_for_an_encoding(name, stem, channels):
    """The shapes of a network with more input channels are told, and the network built for them."""
    shapes = shapes_of(name, 10)
    first = shapes[f"{stem}.weight"]
    shapes[f"{stem}.weight"] = (first[0], channels, *first[2:])
    found = architectures.infer(shapes)
    assert found is not None
    assert (found.name, found.input_shape[0]) == (name, channels)
    with torch.device("meta"):
        built = found.build(10)
    assert {key: tuple(t.shape) for key, t in built.state_dict().items()} == shapes


@pytest.mark.thorough
def test_inception_without_its_training_heads(network):
    """torchvision normalises twice: for ImageNet, then back (``transform_input``)."""
    for name in ("googlenet", "inception_v3"):
        whole = network(name, 7)
        published = {k: v for k, v in whole.state_dict().items() if not k.lower().startswith("aux")}
        found = architectures.by_name(name, {k: tuple(v.shape) for k, v in published.items()})
        assert found.usual == "half"
        ours = found.build(7).eval()
        ours.load_state_dict(published)
        whole.transform_input = True
        x = torch.rand(1, 3, 299, 299)
        mean, std = (
            torch.tensor(v).view(3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
        )
        with torch.inference_mode():
            torch.testing.assert_close(
                ours((x - 0.5) / 0.5), whole((x - mean) / std), rtol=1e-3, atol=1e-3
            )


def test_an_outline_draws_no_numbers():
    """torch loads its compiler to draw Gaussian numbers for a tensor without memory."""
    called = []

    class Watched(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            called.append(str(func))
            return func(*args, **(kwargs or {}))

    def build():
        head = nn.Linear(3, 2)
        nn.init.kaiming_normal_(head.weight)
        return nn.ModuleDict({"words": nn.Embedding(5, 3, padding_idx=4), "head": head})

    with Watched():
        found = architectures.outline(build)
    assert {key: tuple(tensor.shape) for key, tensor in found.items()} == {
        "words.weight": (5, 3),
        "head.weight": (2, 3),
        "head.bias": (2,),
    }
    assert called
    assert not [name for name in called if "normal" in name]
