"""What a set comes to follows from the evidence of its rows, as files hold it."""

from __future__ import annotations

import threading

from engine.core.records import Fitting
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, seeded
from engine.inputs.base import FittedInput
from engine.procedures.dataset import certify_set
from engine.procedures.set_result import as_path, set_result, slim
from tests.fakes import HalfSpace, finish, fitted

SETTINGS = CertifySettings(n0=50, n=1000, bound="anytime", seed=3)
AT = ("radius=0.1",)


def read(spec: str) -> FittedInput:
    made = fitted(float(spec))
    known = {"label": 0, "pixels_sha256": spec}
    return FittedInput(made.identity.model_copy(update=known), made.arrays)


def test_the_result_is_worked_out_again_from_evidence_as_files_hold_it():
    written: dict[str, str] = {}
    stop = threading.Event()

    def keep(spec: str, evidence: Evidence) -> None:
        written[spec] = slim(evidence).model_dump_json()
        if len(written) == 2:
            stop.set()

    model, specs = HalfSpace(0.5), ("0.0", "0.1", "0.9")
    result = finish(
        certify_set(model, specs, SETTINGS, at=AT, done=keep, read=read, stop=stop, available=9)
    )
    assert not result.complete and result.available == 9
    found = [(spec, Evidence.model_validate_json(text)) for spec, text in written.items()]
    again = set_result(model.identity, specs, seeded(SETTINGS), found, at=AT, available=9)
    assert again == result and again.rows[0].certified_at == {"radius=0.1": True}


def test_a_set_whose_model_is_at_a_server_rests_on_its_word():
    model = HalfSpace(0.5)
    here = set_result(model.identity, ("0.0",), seeded(SETTINGS), [], at=())
    served = model.identity.model_copy(update={"source": "encrypted:127.0.0.1:7707"})
    there = set_result(served, ("0.0",), seeded(SETTINGS), [], at=())
    added = "Every row is about the model that the server announced, and rests on its word that"
    assert [note for note in there.notes if note not in here.notes] == [
        f"{added} it computed that."
    ]


def test_a_set_of_resized_images_says_what_it_is_about():
    smaller = Fitting(steps=("resized from 4 x 4",), source=(1, 4, 4), levels=255)

    def resized(spec: str) -> FittedInput:
        made = read(spec)
        return FittedInput(made.identity.model_copy(update={"fitting": smaller}), made.arrays)

    result, own = (
        finish(certify_set(HalfSpace(0.5), ("0.0", "0.1"), SETTINGS, at=AT, read=each))
        for each in (resized, read)
    )
    added = [note for note in result.notes if note not in own.notes]
    assert len(added) == 1 and "resized from 4 x 4" in added[0]


def test_an_input_is_named_as_a_person_writes_it():
    assert as_path("folder//a.png") == "folder/a.png"
