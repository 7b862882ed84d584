from __future__ import annotations

import pytest
import torch
from torch.nn.functional import avg_pool2d, batch_norm, conv2d, linear, pad, relu

from engine.models import ModelRequest, load_model

Weights = dict[str, torch.Tensor]


def normed(x: torch.Tensor, w: Weights, name: str) -> torch.Tensor:
    mean, var = w[f"{name}.running_mean"], w[f"{name}.running_var"]
    return batch_norm(x, mean, var, w[f"{name}.weight"], w[f"{name}.bias"])


def block(x: torch.Tensor, w: Weights, name: str, stride: int, *, option_a: bool) -> torch.Tensor:
    """As the papers describe it, from the tensors alone."""
    deep = f"{name}.conv3.weight" in w
    y = conv2d(x, w[f"{name}.conv1.weight"], stride=1 if deep else stride, padding=0 if deep else 1)
    y = relu(normed(y, w, f"{name}.bn1"))
    y = conv2d(y, w[f"{name}.conv2.weight"], stride=stride if deep else 1, padding=1)
    y = normed(y, w, f"{name}.bn2")
    if deep:
        y = normed(conv2d(relu(y), w[f"{name}.conv3.weight"]), w, f"{name}.bn3")
    if f"{name}.shortcut.0.weight" in w:
        x = normed(
            conv2d(x, w[f"{name}.shortcut.0.weight"], stride=stride), w, f"{name}.shortcut.1"
        )
    elif option_a and stride == 2:
        quarter = y.shape[1] // 4
        x = pad(x[:, :, ::2, ::2], (0, 0, 0, 0, quarter, quarter))
    return relu(y + x)


def reference(x: torch.Tensor, w: Weights, blocks: tuple[int, ...], *, option_a: bool):
    x = relu(normed(conv2d(x, w["conv1.weight"], padding=1), w, "bn1"))
    for stage, count in enumerate(blocks, start=1):
        for place in range(count):
            stride = 2 if stage > 1 and place == 0 else 1
            x = block(x, w, f"layer{stage}.{place}", stride, option_a=option_a)
    return linear(avg_pool2d(x, x.shape[-1]).flatten(1), w["linear.weight"], w["linear.bias"])


@pytest.mark.walk
@pytest.mark.parametrize(
    ("name", "blocks", "parameters", "normalization"),
    [
        ("cifar_resnet20_option_a", (3, 3, 3), 269_722, "imagenet"),
        ("cifar_resnet18_wide", (2, 2, 2, 2), 11_173_962, "cifar10"),
        ("cifar_resnet50_wide", (3, 4, 6, 3), 23_520_842, "cifar10"),
    ],
)
def test_published_layouts_load_by_their_names(
    tmp_path, network, name, blocks, parameters, normalization
):
    weights = network(name, 10).state_dict()
    path = tmp_path / "ckpt.pth"
    torch.save({"net": {f"module.{k}": v for k, v in weights.items()}, "acc": 93.0}, path)
    classifier = load_model(ModelRequest(str(path)))
    identity = classifier.identity
    assert (identity.architecture, identity.parameters) == (name, parameters)
    assert identity.normalization.startswith(f"{normalization}: ")
    assert identity.normalization_origin == "default"
    bare = load_model(ModelRequest(str(path), normalize="none"))
    x = torch.rand(2, 3, 32, 32)
    expected = reference(x, weights, blocks, option_a="option_a" in name)
    torch.testing.assert_close(bare.scores(x), expected, rtol=1e-3, atol=1e-4)
