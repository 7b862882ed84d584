"""The public face: every name, nothing loaded before it is used."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import certiscope as cs
from engine.core.errors import CertiscopeError, UserError
from engine.schemes import SCHEMES

ROOT = Path(__file__).parents[2]


def test_every_scheme_and_every_name_is_here() -> None:
    for scheme in SCHEMES:
        assert getattr(cs, scheme.__name__) is scheme and scheme.__name__ in dir(cs)
    for name in cs.__all__:
        assert getattr(cs, name) is not None and name in dir(cs)
    assert cs.CertiscopeError is CertiscopeError and issubclass(UserError, CertiscopeError)
    assert cs.__version__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        cs.nothing  # noqa: B018


def test_its_example_is_true() -> None:
    assert doctest.testmod(cs).failed == 0


def test_importing_it_loads_nothing_that_is_slow() -> None:
    code = (
        "import sys, certiscope as cs; first = set(sys.modules); cs.Gaussian(sigma=1); cs.smooth; "
        "print(*first); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    alone, used = (
        {name.partition(".")[0] for name in line.split()} for line in done.stdout.splitlines()
    )
    assert not alone & {"engine", "numpy", "pydantic"}
    assert not used & {"torch", "scipy", "PySide6", "transformers", "sklearn", "typst"}
