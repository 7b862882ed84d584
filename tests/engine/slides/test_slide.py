"""Slides are read back as images: their proportions, their ink, their words."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from engine.core.records import ProbabilityBounds
from engine.evidence.attack import AttackRecord
from engine.evidence.evidence import Evidence
from engine.figures.votes import votes_figure
from engine.procedures.playback import played
from engine.schemes import Ablation, HierarchicalGaussian
from engine.slides.film import SHOWN
from engine.slides.slide import ball_of, render_plot, render_slide, slide_of
from tests.factories import make_predicted


def words(slide: object) -> str:
    pdf = PdfReader(io.BytesIO(render_slide(slide, "pdf")))  # type: ignore[arg-type]
    assert len(pdf.pages) == 1
    return " ".join(pdf.pages[0].extract_text().split())


@pytest.mark.parametrize("shown", SHOWN)
def test_a_slide_is_one_page_of_16_to_9_whatever_it_shows(certified, shown) -> None:
    slide = slide_of(certified, certified.model.class_names, shown, given=certified.input)
    drawn = Image.open(io.BytesIO(render_slide(slide, "png", width=640)))
    assert drawn.size == (640, 360)
    assert words(slide).startswith("CERTIFIED R = ")


def test_a_result_states_its_claim_and_a_moment_of_its_replay_what_held_then(certified) -> None:
    names, frames = certified.model.class_names, played(certified)
    result, middle = (
        slide_of(view, names, given=certified.input) for view in (certified, frames[20])
    )
    assert certified.statement in words(result)
    assert middle.word == "REPLAY"
    assert middle.sentence.startswith("L2 norm, pixels in [0,1], under Gaussian, sigma ")
    assert middle.headline == frames[20].region.headline() != result.headline
    assert middle.count == f"n = {frames[20].estimation.n:,} of 3,000"
    assert slide_of(frames[0], names, given=certified.input).headline == ""


def test_a_refuted_result_states_no_number(certified: Evidence) -> None:
    inside = AttackRecord(outcome="found", how="x", perturbation={"radius": 0.01}, found_class=1)
    refuted = certified.model_copy(update={"attack": inside})
    slide = slide_of(refuted, refuted.model.class_names, given=refuted.input)
    assert (slide.word, slide.headline) == ("CONTRADICTED", "")


def test_a_prediction_has_votes_and_no_region() -> None:
    predicted = make_predicted()
    slide = slide_of(predicted, predicted.model.class_names, given=predicted.input)
    assert [type(figure).__name__ for figure in slide.figures] == ["VotesFigure"]
    assert slide.headline == f"'{predicted.class_name}'"


def test_a_dark_slide_is_dark_and_a_plot_alone_has_no_words_above(certified) -> None:
    figure = votes_figure(certified, certified.model.class_names)
    light, dark = (
        np.asarray(Image.open(io.BytesIO(render_plot(figure, "png", dark=dark, width=320))))
        for dark in (False, True)
    )
    assert light[0, 0, :3].mean() > 250 and dark[0, 0, :3].mean() < 40
    assert b"<svg" in render_plot(figure, "svg")


def test_a_map_of_counts_keeps_within_the_page(certified) -> None:
    """Its height follows its width, so that it has to be made narrower."""
    scheme = HierarchicalGaussian(sigma=0.25, p=0.9)
    settings = certified.settings.model_copy(update={"scheme": scheme})
    slide = slide_of(
        certified.model_copy(update={"settings": settings, "region": None}),
        ("a", "b"),
        given=certified.input,
    )
    assert len(slide.figures) == 3
    for figures in (slide.figures, slide.figures[2:]):
        assert words(replace(slide, sentence="long words " * 60, figures=figures))


def test_a_headline_on_the_way_says_among_how_many_a_class_is_kept(certified) -> None:
    view = played(certified)[20]
    scheme = view.settings.scheme.model_copy(update={"top_k": 3})
    settings = view.settings.model_copy(update={"scheme": scheme})
    ranked = view.model_copy(update={"settings": settings})
    assert (
        "kept among the first 3"
        in slide_of(ranked, certified.model.class_names, given=certified.input).sentence
    )


def test_a_ball_stands_alone_where_no_slice_was_kept(certified: Evidence) -> None:
    ball = ball_of(certified)
    assert ball is not None and ball.radius == certified.radius
    slide = slide_of(certified, certified.model.class_names, "region", ball, given=certified.input)
    assert "nothing is mapped" in words(slide) and "not computed" not in words(slide)
    early = ball.growing_to(None)
    assert early.extent == ball.extent and early.radius is None  # the frame stays as it grows
    assert ball_of(make_predicted()) is None


def test_one_figure_as_high_as_wide_has_its_sentence_beside_it(certified: Evidence) -> None:
    """The figure takes the right part of the slide, from the line below the headline on."""
    ball = ball_of(certified)
    slide = slide_of(certified, certified.model.class_names, "region", ball, given=certified.input)
    drawn = np.asarray(Image.open(io.BytesIO(render_slide(slide, "png", width=960))).convert("L"))
    inked = np.flatnonzero((drawn[150:] < 128).any(axis=0))
    assert inked.min() < 100 and inked.max() > 700  # words at the left, the key at the right


def test_a_headline_on_the_way_has_the_noun_of_its_input(certified) -> None:
    """In a frame and on the page: pixels of an image, where the scheme takes nodes too."""
    scheme = Ablation(keep=11)
    settings = certified.settings.model_copy(update={"scheme": scheme})
    bounds = ProbabilityBounds(
        method="x", alpha=0.001, n=1000, top=0, p_lower=0.99, p_upper=0.01, valid=True, basis=""
    )
    view = played(certified)[20].model_copy(
        update={"settings": settings, "region": scheme.region(bounds)}
    )
    slide = slide_of(view, certified.model.class_names, given=certified.input)
    assert view.region is not None and "pixels or nodes" in view.region.headline()
    for said in (slide.headline, slide.sentence):
        assert "pixel" in said and "node" not in said
