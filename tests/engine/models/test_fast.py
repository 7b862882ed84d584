from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.models.fast import PackedConv, PackedLinear, _close, accelerate, fold_batch_norm, pack
from engine.models.tracing import trace

CPU = torch.device("cpu")
needs_onednn = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN"
)


@pytest.mark.walk
@pytest.mark.parametrize("name", ["cifar_resnet20", "digits_cnn", "resnet18", "mobilenet_v2"])
def test_the_fast_form_computes_the_same(network, name):
    from engine.models.architectures import by_name

    shape = by_name(name, {}).input_shape
    plain = network(name, 10)
    x = torch.rand(3, *shape)
    with torch.inference_mode():
        fast = accelerate(plain, shape, CPU, torch.float32)
        expected = plain(x)
        scale = float(expected.abs().max())
        torch.testing.assert_close(fast(x), expected, rtol=1e-4, atol=1e-4 * scale)
        coarse = accelerate(plain, shape, CPU, torch.bfloat16)(x.bfloat16())
    # The head works in float32: close scores do not become ties.
    assert coarse.dtype == torch.float32
    assert float((coarse - expected).abs().max()) < 0.1 * scale


@needs_onednn
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_known_networks_take_the_fused_form(network, dtype):
    for name, shape in (("cifar_resnet20", (3, 32, 32)), ("digits_cnn", (1, 8, 8))):
        fast = accelerate(network(name, 10), shape, CPU, dtype)
        assert any(isinstance(module, PackedConv) for module in fast.modules())


class Branching(nn.Module):
    """Cannot be traced: it looks at its data."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(x) if x.mean() > 0 else self.conv(-x)
        return y.mean(dim=(2, 3))


def test_a_network_that_cannot_be_traced_runs_as_it_is():
    plain = Branching().eval().requires_grad_(False)
    x = torch.randn(4, 1, 8, 8)
    fast = accelerate(plain, (1, 8, 8), CPU, torch.float32)
    torch.testing.assert_close(fast(x), plain(x))


class ByType(Branching):
    """Clips what is a tensor and nothing else, far from where a form is compared."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if type(x) is torch.Tensor:
            x = x.clamp(-10, 10)
        return self.conv(x).mean(dim=(2, 3))


def test_a_network_that_takes_another_way_when_traced_runs_as_it_is():
    plain = ByType().eval().requires_grad_(False)
    x = 100 * torch.randn(4, 1, 8, 8)
    fast = accelerate(plain, (1, 8, 8), CPU, torch.float32)
    torch.testing.assert_close(fast(x), plain(x))


class Alone(Branching):
    """Another function of one sample that is alone in its batch."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x).mean(dim=(2, 3)) * {1: 3.0}.get(x.shape[0], 1.0)


def test_a_network_that_is_another_for_a_single_sample_runs_as_it_is():
    plain = Alone().eval().requires_grad_(False)
    fast = accelerate(plain, (1, 8, 8), CPU, torch.float32)
    for size in (1, 2, 5):
        x = torch.randn(size, 1, 8, 8)
        torch.testing.assert_close(fast(x), plain(x))


class Strided(Branching):
    """Reads its first channel where it lies in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = torch.as_strided(x, (len(x), 8, 8), (192, 8, 1))
        return torch.stack([first.mean((1, 2)), x[:, 1].mean((1, 2))], 1) * self.conv.bias


class Viewed(Strided):
    """Takes all its channels as one row, which lie so in the usual layout alone."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x.view(len(x), 192).view(len(x), 3, 8, 8)).mean((2, 3))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("kind", [Strided, Viewed])
def test_a_network_that_needs_the_usual_layout_gets_it(kind, dtype):
    plain = kind().eval().requires_grad_(False)
    x = torch.rand(4, 3, 8, 8) * torch.tensor([1.0, 0.5, 0.1])[:, None, None]
    found = accelerate(plain, (3, 8, 8), CPU, dtype)(x.to(dtype))
    torch.testing.assert_close(found.float(), plain(x), rtol=0.02, atol=0.01)


class Rows(Viewed):
    """The same, in a way that can be traced."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x.view(x.shape[0], 192).view(-1, 3, 8, 8)).mean((2, 3))


def test_a_form_that_is_only_tried_prints_nothing(capfd):
    plain = Rows().eval().requires_grad_(False)
    x = torch.rand(4, 3, 8, 8)
    torch.testing.assert_close(accelerate(plain, (3, 8, 8), CPU, torch.float32)(x), plain(x))
    assert capfd.readouterr() == ("", "")


class Chancy(Branching):
    """Adds chance of its own, which bf16 takes for rounding, and which a trace draws once."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x).mean(dim=(2, 3)) + 3 + 0.05 * torch.randn(1, 2)


def test_a_network_with_chance_of_its_own_keeps_it():
    plain = Chancy().eval().requires_grad_(False)
    fast = accelerate(plain, (1, 8, 8), CPU, torch.bfloat16)
    x = torch.ones(1, 1, 8, 8, dtype=torch.bfloat16)
    assert len({fast(x).float().flatten().tolist()[0] for _ in range(20)}) > 1


def test_a_network_without_convolutions_is_only_cast():
    plain = nn.Sequential(nn.Flatten(), nn.Linear(4, 2)).eval().requires_grad_(False)
    fast = accelerate(plain, (1, 2, 2), CPU, torch.bfloat16)
    assert fast(torch.zeros(1, 1, 2, 2, dtype=torch.bfloat16)).dtype == torch.bfloat16
    assert plain[1].weight.dtype == torch.float32


def test_a_network_of_nan_keeps_its_nan(network):
    plain = network("digits_cnn", 10)
    plain.conv1.bias.fill_(float("nan"))
    fast = accelerate(plain, (1, 8, 8), CPU, torch.float32)
    assert bool(torch.isnan(fast(torch.zeros(2, 1, 8, 8))).all())


class Overflowing(nn.Module):
    """Bright images have no finite brightness: after that come fused layers of every kind."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)
        self.inner, self.head = nn.Linear(8, 8), nn.Linear(8, 2)

    def seen(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.exp(18 * x)
        return x / x.mean((2, 3), keepdim=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(torch.relu(self.one(self.seen(x))).mean((2, 3)))


class InSum(Overflowing):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.one(x)
        return self.head(
            torch.relu(self.two(y) + self.seen(x).sum((1, 2, 3))[:, None, None, None] * y).mean(
                (2, 3)
            )
        )


class InLinear(Overflowing):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.one(x)).mean((2, 3)) + self.seen(x).mean((1, 2, 3))[:, None]
        return self.head(torch.relu(self.inner(y)))


@needs_onednn
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("kind", [Overflowing, InSum, InLinear])
def test_a_sample_without_a_class_gets_none_from_fused_layers(kind, dtype):
    """Else it would be counted for a class, the top class perhaps, instead of against it."""
    torch.manual_seed(0)
    plain = kind().eval().requires_grad_(False)
    fast = accelerate(plain, (3, 8, 8), CPU, dtype)
    assert any(isinstance(module, PackedConv | PackedLinear) for module in fast.modules())
    bright = torch.full((3, 3, 8, 8), 0.5)
    bright[1, 0, 2, 3] = 6.0
    assert plain(bright).isnan().any(1).tolist() == [False, True, False]
    with torch.inference_mode():
        found = fast(bright.to(dtype))
    assert found.isnan().any(1).tolist() == [False, True, False]


class Clipped(nn.Module):
    """What is large is clipped by something hooked to one of its layers; probes are small."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)
        self.relu, self.inner, self.head = nn.ReLU(), nn.Linear(4, 4), nn.Linear(4, 2)
        layer = self.get_submodule(name)
        layer.register_forward_hook(lambda module, given, found: found.clamp(-50, 50))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.inner(self.relu(self.norm(self.conv(x))).mean((2, 3))))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("name", ["", "conv", "norm", "relu", "inner", "head"])
def test_what_is_hooked_to_a_layer_stays(name, dtype):
    torch.manual_seed(0)
    plain = Clipped(name).eval().requires_grad_(False)
    x = 1000 * torch.rand(3, 3, 8, 8)
    found = accelerate(plain, (3, 8, 8), CPU, dtype)(x.to(dtype)).float()
    expected = plain(x)
    scale = float(expected.abs().max())
    torch.testing.assert_close(found, expected, rtol=0.05, atol=0.05 * scale)


class Late(nn.Module):
    """Writes over what a convolution has read; or adds its result to what is read again."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind, self.conv, self.head = kind, nn.Conv2d(3, 3, 1), nn.Linear(3, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.mean((2, 3), keepdim=True) + 1
        if self.kind == "over what was read":
            y = self.conv(x)
            torch.relu_(x)
            return self.head((y + x).flatten(1))
        y = x
        y += self.conv(torch.relu(2 - x))
        return self.head((x + y).flatten(1))


@pytest.mark.parametrize("kind", ["over what was read", "into what is read"])
def test_a_sum_is_made_where_nothing_is_written_over(kind):
    torch.manual_seed(0)
    plain = Late(kind).eval().requires_grad_(False)
    x = torch.tensor([-5.0, 0.0, 5.0])[:, None, None, None].expand(3, 3, 8, 8)
    fast = accelerate(plain, (3, 8, 8), CPU, torch.float32)
    torch.testing.assert_close(fast(x), plain(x), rtol=1e-4, atol=1e-4)


def test_a_faint_network_is_compared_at_its_own_scale():
    """However wrong a form were, its numbers would be as near to 0."""
    own = torch.tensor([[1e-12, 0.0]])
    assert not _close(own, own.flip(1), torch.float32)
    assert _close(own, own.clone(), torch.float32) and _close(own * 0, own * 0, torch.float32)
    assert not _close(own, own * torch.nan, torch.float32)


def test_folding_removes_the_layer_and_keeps_the_function(network):
    plain = network("cifar_resnet20", 10)
    folded = fold_batch_norm(trace(plain))
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.modules())
    x = torch.randn(4, 3, 32, 32)
    torch.testing.assert_close(folded(x), plain(x), rtol=1e-4, atol=1e-5)
    assert any(isinstance(module, nn.BatchNorm2d) for module in plain.modules())


class Shared(nn.Module):
    """One convolution, used twice, normalised once: folding it would change the other use."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.conv(self.conv(x)))


def test_a_shared_convolution_is_left_alone():
    plain = Shared().eval()
    plain.norm.running_var.fill_(4.0)
    folded = fold_batch_norm(trace(plain))
    x = torch.randn(2, 3, 8, 8)
    assert torch.equal(folded(x), plain(x))


class Block(nn.Module):
    """Every case: ReLU after, sum after, sum and ReLU after, nothing after, a broadcast sum."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.b = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
        self.c = nn.Conv2d(8, 8, 1)
        self.d = nn.Conv2d(8, 4, 3, stride=2)
        self.e = nn.Conv2d(3, 8, 1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.a(x))
        y = self.b(y) + y
        y = self.relu(self.c(y) + self.e(x))
        y = y + self.pool(self.c2(y)) if hasattr(self, "c2") else y
        return self.d(y).flatten(1)


@needs_onednn
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 0.05)])
def test_packed_convolutions_compute_the_same(dtype, tolerance):
    torch.manual_seed(0)
    plain = Block().eval().requires_grad_(False)
    plain.c2 = nn.Conv2d(8, 8, 1).eval().requires_grad_(False)
    x = torch.randn(5, 3, 12, 12)
    with torch.inference_mode():
        packed = pack(trace(plain), torch.randn(2, 3, 12, 12), dtype)
        assert sum(isinstance(module, PackedConv) for module in packed.modules()) == 6
        assert not any(isinstance(module, nn.Conv2d) for module in packed.modules())
        before = x.clone()
        found = packed(x.to(dtype)).float()
        torch.testing.assert_close(found, plain(x), rtol=tolerance, atol=tolerance)
        assert torch.equal(x, before)


@needs_onednn
def test_a_whole_network_is_packed(network):
    plain = network("cifar_resnet20", 10)
    x = torch.randn(3, 3, 32, 32)
    with torch.inference_mode():
        packed = pack(fold_batch_norm(trace(plain)), x, torch.float32)
        torch.testing.assert_close(packed(x), plain(x), rtol=1e-4, atol=1e-5)
    names = [str(node.target) for node in packed.graph.nodes]
    assert not [name for name in names if "relu" in name or "add" in name]


@needs_onednn
def test_unusual_padding_is_left_alone():
    plain = (
        nn.Sequential(nn.Conv2d(3, 4, 3, padding="same"), nn.ReLU()).eval().requires_grad_(False)
    )
    packed = pack(trace(plain), torch.randn(1, 3, 6, 6), torch.float32)
    assert isinstance(packed.get_submodule("0"), nn.Conv2d)


class Head(nn.Module):
    """Linear layers with and without ReLU after them, one of them on matrices, and the last."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.a = nn.Linear(4 * 6 * 6, 16)
        self.b = nn.Linear(16, 16, bias=False)
        self.matrices = nn.Linear(4, 4)
        self.last = nn.Linear(16, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.a(self.conv(x).flatten(1)))
        y = self.matrices(self.b(y).view(-1, 4, 4)).flatten(1)
        return self.last(y)


@needs_onednn
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 0.05)])
def test_packed_linear_layers_compute_the_same(dtype, tolerance):
    torch.manual_seed(0)
    plain = Head().eval().requires_grad_(False)
    x = torch.randn(7, 1, 8, 8)
    with torch.inference_mode():
        packed = pack(trace(plain), torch.randn(2, 1, 8, 8), dtype)
        assert sum(isinstance(module, PackedLinear) for module in packed.modules()) == 2
        found = packed.to(dtype)(x.to(dtype)).float()
        torch.testing.assert_close(found, plain(x), rtol=tolerance, atol=tolerance)
