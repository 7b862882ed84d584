"""One certified run with its recorded blocks, and one that only predicts."""

from __future__ import annotations

import pytest

from engine.core.generators import result_of
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, Execution
from engine.procedures.certify import certify
from tests.fakes import HalfSpace, fitted


@pytest.fixture(scope="session")
def certified() -> Evidence:
    settings = CertifySettings(n=3000, seed=4)
    execution = Execution(device="cpu", batch=500)
    return result_of(certify(HalfSpace(0.3), fitted(), settings, execution=execution))
