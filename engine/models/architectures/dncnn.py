"""The plain denoising network of denoised smoothing, in the layout of its published weights.

K. Zhang, W. Zuo, Y. Chen, D. Meng and L. Zhang, Beyond a Gaussian Denoiser, IEEE TIP 2017: it
predicts the noise, which is taken off. Layers lie under ``dncnn``, as H. Salman et al. (NeurIPS
2020) keep them.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

_EPS = 1e-4
_FEWEST = 3


class DnCNN(nn.Module):
    """A convolution, then convolutions with batch normalisation, then one back to the channels.

    Args:
        depth: number of convolutions.
        width: channels between them.
        channels: of the image.
    """

    def __init__(self, depth: int = 17, width: int = 64, channels: int = 3) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
        for _ in range(depth - 2):
            layers += [
                nn.Conv2d(width, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width, eps=_EPS, momentum=0.95),
                nn.ReLU(inplace=True),
            ]
        layers.append(nn.Conv2d(width, channels, 3, padding=1, bias=False))
        self.dncnn = nn.Sequential(*layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Images (B, C, H, W) without the noise that is taken to be in them."""
        found: torch.Tensor = x - self.dncnn(x)
        return found


def sizes(shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, int, int] | None:
    """Depth, width and channels of a file's DnCNN, by the shapes of its tensors; None for others.

    >>> sizes({"dncnn.0.weight": (8, 1, 3, 3), "dncnn.5.weight": (1, 8, 3, 3)})
    """
    convolutions = [
        shape for key, shape in shapes.items() if key.startswith("dncnn.") and len(shape) == 4
    ]
    first = shapes.get("dncnn.0.weight", ())
    if len(convolutions) < _FEWEST or len(first) != 4:
        return None
    return len(convolutions), first[0], first[1]
