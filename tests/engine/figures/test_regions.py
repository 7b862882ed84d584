import pytest
import torch

from engine.core.generators import result_of
from engine.evidence.settings import CertifySettings, ExactSettings
from engine.figures.regions import preview_figure, region_figure
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.procedures.certify import certify
from engine.procedures.playback import played
from engine.report.plots.region import draw
from engine.report.tables import figure_csv
from engine.schemes import ExactMap, Gaussian, parse_scheme
from engine.schemes.stumps_fields import StumpsFields
from tests.engine.models.stumps.test_native import written
from tests.factories import DIGITS, STRUCTURED, make_evidence, make_region_figure

PICTURES = {"staircase": "map", "count": "bars", "cells": "map"}


@pytest.mark.parametrize("kind", STRUCTURED)
def test_every_kind_has_its_figure_with_region_map_and_standing(kind):
    found = make_region_figure(kind)
    assert found.picture == PICTURES[kind]
    assert found.region.kind == kind == found.needs.utmost.kind
    assert found.class_name == "7" and found.standing.n == 4000
    assert found.noise == found.needs.scheme.noise_in_words()


def test_a_ball_has_a_slice_instead():
    assert region_figure(make_evidence(), DIGITS) is None
    assert preview_figure(CertifySettings()) is None


@pytest.mark.parametrize("kind", STRUCTURED)
def test_before_a_run_there_is_the_map_alone(kind):
    found = preview_figure(CertifySettings(scheme=parse_scheme(STRUCTURED[kind])))
    assert found.picture == PICTURES[kind]
    assert found.region is None and found.standing is None
    assert (
        found.needs is preview_figure(CertifySettings(scheme=parse_scheme(STRUCTURED[kind]))).needs
    )


@pytest.mark.parametrize(
    ("kind", "inside", "outside", "never"),
    [
        (
            "staircase",
            {"entities": 1.0, "epsilon": 0.1},
            {"entities": 2.0, "epsilon": 0.35},
            {"entities": 5.0, "epsilon": 0.1},
        ),
        ("count", {"entities": 2.0}, {"entities": 6.0}, {"entities": 40.0}),
        (
            "cells",
            {"additions": 1.0, "deletions": 1.0},
            {"additions": 18.0, "deletions": 0.0},
            {"additions": 500.0, "deletions": 0.0},
        ),
    ],
)
def test_the_inverse_view(kind, inside, outside, never):
    found = make_region_figure(kind, share=0.95)
    assert found.ask(inside).words == "certified"
    assert found.ask(inside).certified and found.ask(inside).needed is None
    other = found.ask(outside)
    assert not other.certified and other.required > found.standing.p_lower
    assert other.words.startswith(
        ("not certified: requires p_lower above 0.9", "out of reach: requires")
    )
    assert found.ask(never).words == "out of reach: no probability suffices under this noise"


def test_votes_still_needed_are_rounded_up_to_two_digits_and_compared_with_the_plan():
    found = make_region_figure("staircase", share=0.98, n=4000)
    near = found.ask({"entities": 1.0, "epsilon": 0.4})
    assert near.needed is not None and 4000 < near.needed <= 10_000
    assert near.words.endswith("if the shares stay") and "more than planned" not in near.words
    far = found.ask({"entities": 1.0, "epsilon": 0.42})
    assert far.needed > 10_000 and ", more than planned, if the shares stay" in far.words
    shown = int(far.words.partition("n = ")[2].partition(", more")[0].replace(",", ""))
    assert far.needed <= shown < 1.1 * far.needed + 1
    never = found.ask({"entities": 1.0, "epsilon": 0.6})
    assert never.needed is None
    assert never.words.endswith("and the class holds 98.0 % of the votes")


def test_nothing_is_certified_by_a_provisional_bound():
    found = make_region_figure("staircase", bound="clopper-pearson")
    assert found.region is None and not found.standing.valid
    answer = found.ask({"entities": 1.0, "epsilon": 0.1})
    assert not answer.certified and answer.needed == 10_000


def test_before_a_run_an_answer_says_what_it_takes():
    found = preview_figure(CertifySettings(scheme=parse_scheme(STRUCTURED["staircase"])))
    assert found.ask({"entities": 1.0, "epsilon": 0.3}).words.startswith(
        "requires p_lower above 0.9"
    )


def test_a_ball_around_something_that_is_no_image_is_drawn_term_by_term():
    class Table(Gaussian):
        inputs = ("table",)

    found = make_region_figure("ball", scheme=Table())
    assert found.picture == "terms" and found.region.certified_radius > 0
    assert found.ask({"radius": 0.01}).certified


def test_what_the_run_was_asked_is_marked_as_far_as_it_can_be_read():
    asked = {"radius=0.25": True, "radius=0.25,": False, "radius": True, "words=1": True}

    class Table(Gaussian):
        inputs = ("table",)

    settings = CertifySettings(scheme=Table(), target="radius=0.5", bound="live")
    evidence = make_evidence().model_copy(update={"settings": settings, "certified_at": asked})
    assert region_figure(evidence, DIGITS).asked == ({"radius": 0.5}, {"radius": 0.25})


@pytest.fixture
def fields_run(tmp_path):
    """Numbers a and c, and a field b, of whose values x adds most to class 1."""
    values = torch.tensor([15, 0, -60])
    model = load_model(ModelRequest(str(written(tmp_path / "m.safetensors", field_values=values))))
    (tmp_path / "t.csv").write_text("a,b,c\n7,x,1\n0,y,2\n1,z,0\n")
    given = fitted(model, load_input(f"{tmp_path / 't.csv'}:0"))
    settings = ExactSettings(scheme=StumpsFields(sigma=0.5, samples=100))
    return result_of(certify(model, given, settings))


def test_a_map_that_depends_on_the_input_comes_with_its_run(fields_run):
    """One changed field lowers the step, and answers say what is computed."""
    assert preview_figure(fields_run.settings) is None
    found = region_figure(fields_run, fields_run.model.class_names)
    assert found.picture == "map" and found.region == fields_run.region
    none, one = fields_run.region.reach
    assert one < none and not found.standing.unfinished
    assert found.ask({"fields": 1.0, "radius": 0.99 * one}).words == "certified"
    known = found.standing.p_lower
    beyond = found.ask({"fields": 0.0, "radius": 1.01 * none})
    assert not beyond.certified and 1 > beyond.required > known and beyond.needed is None
    assert beyond.words.startswith("not certified: requires p_lower above 0.99")
    assert beyond.words.endswith(" is computed")
    assert not found.ask({"fields": 1.0, "radius": 1.01 * one}).certified
    drawn = draw(found)
    assert drawn.kind == "map" and drawn.data["x-name"] == "changed fields"


def test_moments_of_a_replay_have_the_facts_of_the_run(fields_run):
    assert all(one.facts == fields_run.facts for one in played(fields_run))


def test_an_exact_map_that_certifies_nothing_is_drawn_all_the_same() -> None:
    scheme = ExactMap()
    evidence = make_evidence().model_copy(
        update={
            "settings": ExactSettings(scheme=scheme),
            "facts": {"map": "svo", "class": 0.0},
            "region": None,
        }
    )
    figure = region_figure(evidence, evidence.model.class_names)
    assert figure is not None and figure.region is None
    assert figure.seen.cells == "svo" and figure.claim == "nothing is certified"
    lines = figure_csv(figure).splitlines()
    assert [line.rpartition(",")[2] for line in lines[1:]] == ["violated", "open"]
    drawn = draw(figure)
    assert [one["status"] for one in drawn.data["cells"]] == ["violated", "open"]
    assert not drawn.data["certified"]


def test_before_and_during_a_run_the_noun_is_that_of_the_input():
    settings = CertifySettings(scheme=parse_scheme(STRUCTURED["count"]))
    for kind, noun in (("image", "pixels"), ("graph", "nodes"), ("", "pixels or nodes")):
        assert preview_figure(settings, kind).needs.utmost.unit == noun
