from __future__ import annotations

import threading

import pytest
import torch
from torch import nn

from engine.core.errors import UserError
from engine.models.normalize import (
    BYTES,
    NAMED,
    Normalization,
    choose,
    compare_normalizations,
    named,
    take_stored,
)


@pytest.mark.parametrize("name", NAMED)
def test_every_layer_equals_the_formula(name):
    mean, std = (
        [*values] or [start] for values, start in zip(NAMED[name], (0.0, 1.0), strict=True)
    )
    x = torch.rand(2, 3, 5, 7, dtype=torch.float32)
    wide_mean, wide_std = (torch.tensor(v * (3 // len(v))) for v in (mean, std))
    expected = (x.permute(0, 2, 3, 1) - wide_mean) / wide_std
    found = named(name, origin="given").layer(3)(x)
    torch.testing.assert_close(found, expected.permute(0, 3, 1, 2), rtol=1e-6, atol=1e-6)


def test_an_unknown_name_is_refused():
    with pytest.raises(UserError, match="There is no normalisation 'mnist'; there are auto, none"):
        choose("mnist")


def test_a_layer_for_other_channels_is_refused():
    with pytest.raises(UserError, match="cifar10 has 3 channels but the model takes 1"):
        named("cifar10", origin="given").layer(1)
    assert isinstance(named("none", origin="given").layer(1), nn.Identity)


@pytest.mark.parametrize(
    ("path", "family", "name", "origin"),
    [
        (
            "models/cifar10/resnet110/noise_0.25/c.pth",
            "cifar10",
            "cifar10",
            "default",
        ),
        (
            "models/imagenet/resnet50/noise_0.25/c.pth",
            "imagenet",
            "imagenet",
            "default",
        ),
        ("cifar10/PGD_2steps/eps_64/c.pth", "cifar10", "cifar10-center", "detected"),
        ("imagenet/DDN_2steps/c.pth", "imagenet", "imagenet-center", "detected"),
        ("cifar10/self_training/PGD_8/c.pth", "cifar10", "cifar10", "detected"),
        ("imagenet32/PGD_1step/c.pth", "cifar10", "cifar10", "detected"),
        ("models/440.pth", "cifar10", "cifar10", "default"),
        ("digits.safetensors", "digits", "none", "default"),
    ],
)
def test_published_files_are_recognised(path, family, name, origin):
    found = choose("auto", path=path, family=family)
    assert (found.name, found.origin) == (name, origin)
    assert "(set another with --normalize)" in found.note
    assert choose("auto", family=family, usual="half").name == "half"


def test_given_and_stored_win_and_need_no_note():
    stored = named("half", origin="stored in the file")
    given = choose("none", stored=stored, family="cifar10")
    assert (given.name, given.origin, given.note) == ("none", "given", "")
    assert choose("auto", stored=stored, family="cifar10") is stored
    assert stored.note == ""
    assert stored.words == "half: (x - 0.5) / 0.5"


def test_a_stored_layer_is_found_and_removed():
    tensors = {
        "norm.module.mu": torch.full((3, 1, 1), 0.25),
        "norm.module.log_sig": torch.full((3, 1, 1), 0.5).log(),
        "model.module.fc.weight": torch.zeros(2, 2),
    }
    found = take_stored(tensors)
    assert found is not None
    assert found.origin == "stored in the file"
    assert found.mean == pytest.approx((0.25,) * 3)
    assert found.std == pytest.approx((0.5,) * 3)
    assert list(tensors) == ["model.module.fc.weight"]
    other = {"0.mean": torch.zeros(3), "0.std": torch.ones(3), "1.weight": torch.zeros(1)}
    assert take_stored(other).std == (1.0, 1.0, 1.0)
    assert take_stored({"bn.running_mean": torch.zeros(3)}) is None


class BrightOrDark(nn.Module):
    """Class 1 where the normalised mean is positive: right only behind a centring layer."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean = x.mean(dim=(1, 2, 3))
        return torch.stack([-mean, mean], dim=1)


def test_measuring_finds_the_layer_a_network_needs():
    levels = torch.linspace(0.05, 0.95, 10)
    images = levels.view(-1, 1, 1, 1).expand(-1, 3, 4, 4)
    measured = dict(compare_normalizations(BrightOrDark(), images, (levels > 0.5).long()))
    assert measured["half"] == measured["cifar10"] == 1.0
    assert measured["none"] == 0.5
    grey = compare_normalizations(BrightOrDark(), images[:, :1], (levels > 0.5).long())
    assert {m.name for m in grey} == {"none", "half", BYTES}


def test_measuring_ends_within_a_few_images_where_somebody_waits():
    """Whoever stops it while the first images are classified waits for no others."""
    stop, asked = threading.Event(), []

    def network(x: torch.Tensor) -> torch.Tensor:
        asked.append(len(x))
        stop.set()
        return BrightOrDark()(x)

    images, labels = torch.zeros(25, 3, 4, 4), torch.zeros(25, dtype=torch.long)
    assert compare_normalizations(network, images, labels, stop=stop) == []
    assert asked == [10]


def test_an_indicator_passes_unchanged():
    for name in ("cifar10", "cifar10-center", "half"):
        normalization = named(name, origin="given")
        x = torch.rand(2, 4, 5, 5)
        found = normalization.layer(4, "indicator")(x)
        assert torch.equal(found[:, 3], x[:, 3])
        torch.testing.assert_close(found[:, :3], normalization.layer(3)(x[:, :3]))
    with pytest.raises(UserError, match="cifar10 has 3 channels but the model takes 1"):
        named("cifar10", origin="given").layer(2, "indicator")
    for_all = Normalization("stored", (0.5,) * 4, (0.5,) * 4, "stored in the file")
    with pytest.raises(UserError, match="stored has 4 channels but the model takes 3"):
        for_all.layer(4, "indicator")


def test_an_image_and_its_complement_are_treated_alike_or_not_at_all():
    x = torch.rand(2, 3, 5, 5)
    half = named("half", origin="given").layer(6, "complement")(torch.cat([x, 1 - x], 1))
    torch.testing.assert_close(half[:, :3], -half[:, 3:])
    stored = Normalization("stored", (0.1,) * 6, (0.5,), "stored in the file")
    torch.testing.assert_close(
        stored.layer(6, "complement")(x.repeat(1, 2, 1, 1))[:, 3:], (x - 0.1) / 0.5
    )
    assert isinstance(named("none", origin="given").layer(6, "complement"), nn.Identity)
    for name in ("cifar10", "imagenet-center"):
        with pytest.raises(UserError, match=f"{name} cannot come before .* its complement"):
            named(name, origin="given").layer(6, "complement")
    assert choose("auto", family="cifar10", encoding="complement").name == "none"
    assert choose("auto", family="cifar10", encoding="indicator").name == "cifar10"


class FirstThree(nn.Module):
    """Looks at the image behind any encoding."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return BrightOrDark()(x[:, :3])


def test_measuring_leaves_out_what_does_not_go_with_an_encoding():
    levels = torch.linspace(0.05, 0.95, 10)
    images = levels.view(-1, 1, 1, 1).expand(-1, 3, 4, 4)
    labels = (levels > 0.5).long()
    with_indicator = compare_normalizations(FirstThree(), images, labels, "indicator")
    assert {m.name for m in with_indicator} == {*NAMED, BYTES}
    assert dict(with_indicator)["half"] == 1.0
    with_complement = compare_normalizations(FirstThree(), images, labels, "complement")
    assert {m.name for m in with_complement} == {"none", "half"}


def test_what_somebody_writes():
    x = torch.rand(2, 3, 4, 4)
    mean, std = torch.tensor([0.1, 0.2, 0.3]), torch.tensor([0.5, 0.6, 0.7])
    expected = (x - mean.view(3, 1, 1)) / std.view(3, 1, 1)
    for text, wanted in (
        ("mean=.1,.2,.3,std=.5,.6,.7", expected),
        ("mean=0.1,0.2,0.3 std=0.5,0.6,0.7 channels=bgr", expected.flip(1)),
        ("mean=25.5,51,76.5,std=127.5,153,178.5,scale=255", expected),
        ("std=127.5/255,mean=0.5", x * 2 - 1),
        ("scale=255", x * 255),
        ("channels=bgr", x.flip(1)),
    ):
        found = choose(text)
        assert found.origin == "given"
        torch.testing.assert_close(found.layer(3)(x), wanted, rtol=1e-5, atol=1e-4)
    assert choose("resize=pad").resize == "pad"
    assert "then blue first" in choose("channels=bgr").words
    for text, sentence in (
        ("mean=a", "are finite numbers"),
        ("std=0", "are finite numbers"),
        ("scale=0", "are finite numbers"),
        ("gamma=2", "is no normalisation; write mean="),
        ("=2", "is no normalisation; write mean="),
        ("channels=rgba", "channels is rgb or bgr"),
        ("resize=zoom", "resize is crop, stretch or pad"),
    ):
        with pytest.raises(UserError, match=sentence):
            choose(text)
    with pytest.raises(UserError, match="channels=bgr has no meaning"):
        choose("channels=bgr").layer(1)
