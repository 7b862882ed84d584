from __future__ import annotations

from engine.evidence.settings import CertifySettings
from engine.procedures.run_key import run_key


def test_a_runs_key_depends_on_what_is_certified_and_on_the_seed() -> None:
    def key(model: str = "m", pixels: str = "p", **changes: object) -> int:
        settings = CertifySettings(**changes)  # type: ignore[arg-type]
        return run_key(settings, model_sha256=model, pixels_sha256=pixels)

    different = {
        key(),
        key(model="n"),
        key(pixels="q"),
        key(seed=1),
        key(noise="exact"),
        key(scheme={"key": "gaussian", "sigma": 0.5}),
    }
    assert len(different) == 6
    assert key() == key(n=7, alpha=0.5)
