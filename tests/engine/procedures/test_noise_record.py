import pytest

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.noise.discrete_gaussian_law import total_variation
from engine.procedures.noise_record import distance, noise_record
from engine.schemes import Gaussian, Scheme, Sparse
from engine.schemes.hybrid_flip import HybridFlip


def settings(scheme: Scheme, noise: str = "float") -> CertifySettings:
    return CertifySettings(scheme=scheme, noise=noise)


def test_float_noise_proves_nothing_and_exact_noise_its_distance():
    assert distance(settings(Gaussian()), 64) == 0
    exact = settings(Gaussian(sigma=0.5), "exact")
    assert distance(exact, 64) == total_variation(0.5, 64)
    record = noise_record(exact, key=7, elements=64)
    assert (record.arithmetic, record.key) == ("exact grid", "0000000000000007")
    assert record.table_sha256


def test_a_discrete_law_is_exact_in_either_mode():
    for mode in ("float", "exact"):
        record = noise_record(settings(Sparse(), mode), key=1, elements=64)
        assert record.arithmetic == "exact integers"
        assert record.generator == "philox4x32-10/integers-63bit"
        assert record.total_variation == 64 * 2.0**-62


def test_exact_noise_of_a_scheme_without_it_is_one_sentence():
    with pytest.raises(UserError) as caught:
        distance(settings(HybridFlip(), "exact"), 1)
    assert str(caught.value) == (
        "The scheme 'hybrid-flip' has no exact noise; choose --noise float."
    )
