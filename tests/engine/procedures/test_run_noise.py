import torch

from engine.core.records import ProbabilityBounds
from engine.evidence.settings import CertifySettings
from engine.noise.gaussian import Stream
from engine.procedures.run_noise import Randomness


def randomness(mode: str) -> Randomness:
    settings = CertifySettings(noise=mode)
    return Randomness(settings, key=7, elements=64, device=torch.device("cpu"))


def bounds() -> ProbabilityBounds:
    return ProbabilityBounds(
        method="live", alpha=0.01, n=1, top=0, p_lower=0.9, p_upper=0.1, valid=True, basis=""
    )


def test_float_noise_proves_nothing_about_itself_and_changes_no_bound():
    float_noise = randomness("float")
    assert float_noise.weakened(bounds()) == bounds()
    assert float_noise.record().arithmetic == "float"


def test_exact_noise_pays_its_distance_from_the_law():
    exact = randomness("exact")
    weakened = exact.weakened(bounds())
    assert weakened.p_lower == 0.9 - exact.total_variation < 0.9
    assert weakened.p_upper > 0.1
    record = exact.record()
    assert record.arithmetic == "exact grid" and len(record.table_sha256) == 64


def test_sources_differ_by_stream():
    source = randomness("exact").source
    a, b = torch.empty(4, 1, 2, 2), torch.empty(4, 1, 2, 2)
    source(Stream.SELECTION).gaussian_(a, torch.zeros(1, 2, 2), sigma=0.5, start=0)
    source(Stream.ESTIMATION).gaussian_(b, torch.zeros(1, 2, 2), sigma=0.5, start=0)
    assert not torch.equal(a, b)
