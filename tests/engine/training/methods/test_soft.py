import numpy as np
import torch

from engine.training.methods.soft import ascend, each, log_soft, soft, warmed


def test_scores_are_averaged_over_the_samples_of_an_image():
    scores = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    p = scores.double().exp() / scores.double().exp().sum(1, keepdim=True)
    by_hand = torch.stack([(p[0] + p[2] + p[4]) / 3, (p[1] + p[3] + p[5]) / 3]).float()
    torch.testing.assert_close(soft(scores, 3), by_hand)
    torch.testing.assert_close(log_soft(scores, 3), by_hand.log())
    assert each(torch.arange(2), 3).tolist() == [0, 1, 0, 1, 0, 1]


def test_the_attack_is_that_of_the_closed_form(bench):
    noises = bench.step().noises(bench.x, 2)
    for within in (None, 0.3):
        found = ascend(
            bench.step(), bench.x, bench.labels, noises, steps=3, length=0.25, within=within
        )
        expected = bench.attacked(2, 3, 0.25, within or np.inf)
        np.testing.assert_allclose(found.flatten(1).numpy(), expected, atol=1e-5)
        assert found.min() >= 0 and found.max() <= 1 and not found.requires_grad


def test_a_method_grows_to_its_strength():
    assert [warmed(epoch, 4) for epoch in (1, 2, 4, 9)] == [0.25, 0.5, 1.0, 1.0]
    assert warmed(1, 0) == 1.0
