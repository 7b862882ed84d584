from __future__ import annotations

from engine.cli.train import train_flags
from engine.core.fields import field_specs
from engine.schemes import SCHEMES
from engine.training.methods import METHODS
from engine.training.noises import NOISES


def test_they_are_the_schemes_that_draw_noise_on_images() -> None:
    """By what each law itself says: it has draws by which it is tested."""
    assert tuple(NOISES) == tuple(
        scheme
        for scheme in SCHEMES
        if "image" in scheme.inputs and not scheme.computed and scheme().noise().probes()
    )


def test_parameters_of_others_are_no_flags_of_a_training() -> None:
    flags = {each.name for each in train_flags()}
    taken = {spec.name for scheme in NOISES for spec in field_specs(scheme) if spec.of_noise}
    other = {spec.name for scheme in SCHEMES for spec in field_specs(scheme)} - taken
    methods = {spec.name for method in METHODS for spec in field_specs(method)}
    assert taken <= flags and not (other - methods) & flags and "arities" in other
