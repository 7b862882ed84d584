import torch

from engine.noise.blur import blurred


def test_each_image_is_blurred_by_its_own_radius():
    images = torch.rand(3, 2, 5, 7, generator=torch.Generator().manual_seed(1))
    radii = torch.tensor([0.0, 0.7, 5.0], dtype=torch.float64)
    found = blurred(images, radii)
    for index in range(3):
        alone = blurred(images[index : index + 1], radii[index : index + 1])[0]
        assert torch.allclose(found[index], alone, atol=1e-6)
    assert torch.allclose(found[0], images[0], atol=1e-6)
    flat = blurred(images[:1], torch.tensor([1e4], dtype=torch.float64))[0]
    assert torch.allclose(flat, images[0].mean((1, 2), keepdim=True).expand_as(flat), atol=1e-6)


def test_the_blur_of_a_wave_is_its_factor():
    places = torch.arange(8, dtype=torch.float64) + 0.5
    wave = torch.cos(3 * torch.pi * places / 8).expand(1, 1, 4, 8)
    found = blurred(wave, torch.tensor([0.9], dtype=torch.float64))
    factor = torch.exp(torch.tensor(-0.45 * (3 * torch.pi / 8) ** 2))
    assert torch.allclose(found, wave * factor, atol=1e-12)
