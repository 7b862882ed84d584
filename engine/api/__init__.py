"""The engine as a program calls it; ``import certiscope`` shows this to the world.

Importing this package loads neither torch nor SciPy.
"""

from __future__ import annotations

from engine.api.plot import Plot
from engine.api.result import Result
from engine.api.run import Run
from engine.api.smoothed import Smoothed, smooth, verify
from engine.api.table import Table, plot
from engine.core.errors import CertiscopeError, TrustRequired

__all__ = [
    "CertiscopeError",
    "Plot",
    "Result",
    "Run",
    "Smoothed",
    "Table",
    "TrustRequired",
    "plot",
    "smooth",
    "verify",
]
