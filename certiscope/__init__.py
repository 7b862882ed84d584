"""Randomized-smoothing certificates from Python: ``import certiscope as cs``.

>>> import certiscope as cs
>>> model = cs.smooth("demo:digits-0.25", cs.Gaussian(sigma=0.25))
>>> result = model.certify("digits:52", n=2_000).result()
>>> result.class_name, result.certifies(radius=0.25)
('7', True)

``smooth`` takes a ``torch.nn.Module``, a path or a name; ``certify`` and ``predict`` make runs to
iterate over, ``certify_dataset`` makes a table; ``functional`` holds bounds and certificates as
pure functions; ``verify`` checks what was saved. Every scheme of the catalogue is here by its
class's name. Whatever goes wrong for a reason outside the program raises a ``CertiscopeError``.

Importing this loads nothing but itself: torch, SciPy and the rest come when they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certiscope import functional
    from engine.api import (
        CertiscopeError,
        Plot,
        Result,
        Run,
        Smoothed,
        Table,
        TrustRequired,
        plot,
        smooth,
        verify,
    )

__all__ = [
    "CertiscopeError",
    "Plot",
    "Result",
    "Run",
    "Smoothed",
    "Table",
    "TrustRequired",
    "functional",
    "plot",
    "smooth",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name == "functional":
        import certiscope.functional as found

        return found
    if name.startswith("__") and name != "__version__":
        raise AttributeError(name)
    from engine import __version__, api

    places = {"__version__": __version__, **_schemes()}
    if name in places:
        return places[name]
    if name in __all__:
        return getattr(api, name)
    raise AttributeError(f"module 'certiscope' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__", *_schemes()])


def _schemes() -> dict[str, Any]:
    from engine.schemes import SCHEMES

    return {scheme.__name__: scheme for scheme in SCHEMES}
