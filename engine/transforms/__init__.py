"""Rotation and scaling of images by bilinear interpolation, and how far an image moves under them.

``warps`` says where each pixel comes from, ``travel`` bounds the l2 distance between an image
under an anchor and under any parameter nearby, and ``batches`` transforms many images at once. The
first two know no torch: a verifier works the bound out again from the image.
"""

from __future__ import annotations

from engine.transforms.travel import travel
from engine.transforms.warps import ROTATION, SCALING, Rotation, Scaling, Warp, disc, warped

__all__ = ["ROTATION", "SCALING", "Rotation", "Scaling", "Warp", "disc", "travel", "warped"]
