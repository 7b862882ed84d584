from __future__ import annotations

import torch

from engine.models.architectures.digits_unet import SIDES, DigitsUNet


def test_it_predicts_noise_for_each_image_alone_and_by_its_step() -> None:
    torch.manual_seed(0)
    network, x = DigitsUNet().eval(), torch.randn(4, 1, *SIDES)
    steps = torch.tensor([0, 10, 500, 999])
    with torch.no_grad():
        whole = network(x, steps)
        assert whole.shape == x.shape
        for place in range(4):
            alone = network(x[place : place + 1], steps[place : place + 1])
            torch.testing.assert_close(alone[0], whole[place], atol=1e-5, rtol=0)
        assert not torch.allclose(network(x, steps.flip(0)), whole)
