import pytest
import torch

from engine.models.architectures.digits_cnn import DigitsCNN
from engine.schemes import Gaussian
from engine.schemes.ablation import Ablation
from engine.schemes.dssn_l1 import DssnL1
from engine.training.digits import digits
from engine.training.watch import CertifiedLook


class Constant(torch.nn.Module):
    """One class, whatever it is shown."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.inner = DigitsCNN(channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(x) * 0 + torch.eye(10)[3]


@pytest.mark.walk
@pytest.mark.parametrize(("scheme", "channels"), [(Gaussian(sigma=0.5), 1), (Ablation(), 2)])
def test_a_constant_is_certified_for_its_own_class_alone(scheme, channels):
    data, network = digits(), Constant(channels).train()
    look = CertifiedLook(data, scheme, images=20, n=400)(network)
    share = int((data.validation[1][:20] == 3).sum()) / 20
    assert (look.images, look.n, look.right) == (20, 400, share)
    assert network.training
    if scheme.key == "ablation":
        assert look.acr is None
    else:  # the anytime bound on 400 of 400 votes, from its own formula
        from scipy.stats import norm

        from engine.bounds.eprocess import lower  # what a run would claim

        radius = 0.5 * norm.ppf(lower(400, 400, 0.001))
        assert look.acr == pytest.approx(share * radius, abs=1e-6)


def test_nothing_is_said_where_nothing_is_sampled_or_nobody_asks():
    data = digits()
    assert CertifiedLook(data, DssnL1())(DigitsCNN()) is None
    assert CertifiedLook(data, Gaussian(), images=0)(DigitsCNN()) is None
