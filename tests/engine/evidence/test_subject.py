"""What a statement is about, and what it says of the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.core.records import Fitting
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, ExactSettings
from engine.evidence.statement import claimed
from engine.evidence.subject import (
    as_taken,
    file_region,
    headline_in,
    known_notes,
    of_the_file,
    region_note,
    rows_as_taken,
    subject,
)
from engine.inputs import load_input
from engine.models import fitted, load_model
from engine.models.request import ModelRequest
from engine.procedures.certify import certify
from engine.regions import Ball, Count
from engine.schemes import Ablation, DssnL1, Gaussian, HybridFlip, TextUniform
from tests import fakes
from tests.factories import make_evidence, make_input
from tests.fakes import finish

BALL = Ball(norm="l2", radius=0.3155, unit="pixels in [0,1]")
ENLARGED = Fitting(steps=("resized from 4 x 4",), source=(1, 4, 4), levels=255)
GREY = Fitting(steps=("turned from grey to RGB",), source=(1, 8, 8), levels=255)


def test_the_files_own_values_need_no_more_words():
    for fitting in (None, Fitting(source=(1, 8, 8), levels=255)):
        given = make_input(fitting=fitting)
        assert subject(Gaussian(), given) == "image" and as_taken(given) == ""
        assert of_the_file(CertifySettings(), given, BALL) == ""
        assert region_note(make_evidence().region, given) == BALL.note()


@pytest.mark.parametrize(
    ("scheme", "given", "words"),
    [
        (
            Gaussian(),
            make_input(fitting=ENLARGED),
            "image as the model takes it (grey, 8 x 8, resized from 4 x 4)",
        ),
        (
            TextUniform(),
            make_input(kind="text", shape=(9,), fitting=Fitting(steps=("its first 9 tokens",))),
            "text as the model takes it (its first 9 tokens)",
        ),
        (
            HybridFlip(),
            make_input(kind="table", shape=(3,), fitting=Fitting(steps=("columns scaled",))),
            "row as the model takes it (columns scaled)",
        ),
    ],
)
def test_what_the_model_takes_is_named(scheme, given, words):
    assert subject(scheme, given) == words


def test_the_claim_names_its_subject_and_the_file():
    bounds = make_evidence().bounds
    said = claimed(CertifySettings(), BALL, bounds, "7", make_input(fitting=ENLARGED))
    assert said == (
        "With confidence 99.9 %, no change of this image as the model takes it (grey, 8 x 8, "
        "resized from 4 x 4) with l2 norm below 0.315 (all pixels in [0,1]) changes the smoothed "
        "model's prediction '7'. In the file's own pixels, no change of this file with l2 norm "
        "below 0.157 (all pixels in [0,1]) does so."
    )


@pytest.mark.parametrize(
    ("settings", "fitting", "region", "words"),
    [
        (CertifySettings(), GREY, BALL, "this file with l2 norm below 0.182 ("),
        (
            CertifySettings(),
            Fitting(steps=("converted while it was read",)),
            BALL,
            "It is not about changes of the file's own pixels.",
        ),
        # three pixels of 8 x 8 are less than one of 4 x 4, which reaches 16 of them
        (
            CertifySettings(scheme=Ablation(entities=64, keep=6)),
            ENLARGED,
            Count(term="entities", most=3, unit="pixels or nodes"),
            "Of the file's own pixels it certifies no change.",
        ),
        (
            CertifySettings(scheme=Ablation(entities=64, keep=6)),
            ENLARGED,
            Count(term="entities", most=33, unit="pixels or nodes"),
            "no change of at most 2 pixels of this file in any way does so.",
        ),
        # certificates of the 8-bit grid reach a file whose changes stay on it
        (ExactSettings(scheme=DssnL1()), GREY, BALL, "this file with l2 norm below"),
        (ExactSettings(scheme=DssnL1()), ENLARGED, BALL, "It is not about changes of the file's"),
        (CertifySettings(noise="exact"), ENLARGED, BALL, "It is not about changes of the file's"),
    ],
)
def test_what_is_said_of_the_file(settings, fitting, region, words):
    shape = (3, 8, 8) if fitting is GREY else (1, 8, 8)
    assert words in of_the_file(settings, make_input(shape=shape, fitting=fitting), region)


@pytest.mark.thorough
def test_two_files_of_different_classes_are_not_in_each_others_ball():
    """The case that a hostile reader brought: claims about the file that both cannot hold."""
    files = Path(__file__).parents[2] / "golden" / "hostile"
    classifier = load_model(ModelRequest(str(files / "bright.onnx")))
    settings, given, found = CertifySettings(n=10_000, seed=1), [], []
    for name in ("b4.png", "b4_adv.png"):
        given.append(load_input(str(files / name)))
        found.append(finish(certify(classifier, fitted(classifier, given[-1]), settings)))
    assert [one.predicted_class for one in found] == [0, 1]
    apart = float(np.linalg.norm(given[0].pixels.astype(float) - given[1].pixels))
    assert apart == pytest.approx(0.1725, abs=1e-4)
    assert found[0].radius > apart  # of what the model takes, not of the file
    for one in found:
        inside = file_region(settings, one.input, one.region)
        assert inside.radius < one.radius / 2 and inside.radius < apart
        assert "as the model takes it (grey, 8 x 8, resized from 4 x 4)" in one.statement
        assert "In the file's own pixels, no change of this file" in one.statement


def test_an_array_is_no_file_and_a_row_has_no_pixels():
    array = make_input(source="memory:x", fitting=ENLARGED)
    assert "of this given array with" in of_the_file(CertifySettings(), array, BALL)
    row = make_input(kind="table", shape=(3,), fitting=Fitting(steps=("columns scaled",)))
    assert of_the_file(CertifySettings(), row, BALL) == ""
    assert file_region(CertifySettings(), row, BALL) is None


def test_older_files_keep_their_claim_and_say_in_their_limits_how_the_image_was_adapted():
    old = make_input(adaptation="resized 4x4 -> 8x8 (bilinear, antialiased)")
    assert subject(Gaussian(), old) == "image"
    assert of_the_file(CertifySettings(), old, BALL) == ""
    assert as_taken(old).endswith("(grey, 8 x 8, resized 4x4 -> 8x8 (bilinear, antialiased))")


def test_the_note_of_the_numbers_says_of_what():
    evidence: Evidence = make_evidence().model_copy(
        update={"input": make_input(fitting=ENLARGED), "region": BALL}
    )
    assert region_note(evidence.region, evidence.input).endswith(
        "of the input as the model takes it (grey, 8 x 8, resized from 4 x 4)"
    )
    assert region_note(None, evidence.input) == ""


def test_a_region_in_numbers_has_the_noun_of_the_input():
    region = Count(term="entities", most=3, unit="pixels or nodes")
    image = fakes.fitted().identity
    node = image.model_copy(update={"kind": "graph"})
    said = [headline_in(region, given) for given in (None, image, node)]
    assert [noun in said[0] for noun in ("3", "pixels or nodes")] == [True, True]
    assert said[1:] == [said[0].replace("pixels or nodes", noun) for noun in ("pixels", "nodes")]


def test_a_set_says_how_many_of_its_files_are_taken_otherwise_and_older_reports_do_not():
    grey = as_taken(make_input(fitting=GREY))
    assert rows_as_taken("image", {}, 3) == ()
    (all_alike,) = rows_as_taken("image", {grey: 3}, 3)
    assert all_alike == (
        f"What is certified is about the image {grey}, and not about the values in its file."
    )
    (some,) = rows_as_taken("image", {grey: 1, "as the model takes it (smaller)": 1}, 3)
    assert some.startswith("What is certified is about the image as the model takes it, and not")
    assert some.endswith(f": 2 of 3 rows, the first of them {grey}.")
    notes = (some, "Another note.")
    assert known_notes(notes, notes) == notes
    assert known_notes(notes, notes[1:]) == notes[1:]
