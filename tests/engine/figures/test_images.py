from engine.evidence.settings import CertifySettings
from engine.figures.images import has_slice
from engine.schemes import parse_scheme
from tests.factories import make_evidence, make_input, make_slice_figure


def test_a_slice_is_for_balls_around_images():
    assert has_slice(make_evidence())
    assert not has_slice(make_evidence(input=make_input(kind="table")))
    hierarchical = CertifySettings(scheme=parse_scheme({"key": "hierarchical-gaussian"}))
    assert not has_slice(make_evidence(settings=hierarchical))


def test_a_slice_is_a_disc_unless_told_otherwise():
    figure = make_slice_figure()
    assert figure.norm == "l2" and figure.outline.shape == (0, 2)
