"""The schemes whose noise trains image models. No torch: forms and flags are made from them."""

from __future__ import annotations

from engine.schemes import SCHEMES, Scheme

NOISES: tuple[type[Scheme], ...] = tuple(
    scheme
    for scheme in SCHEMES
    if "image" in scheme.inputs and scheme.randomness == "probabilistic"
)
"""Those that draw their noise at random; the others compute a claim or count a whole law."""
