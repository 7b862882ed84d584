"""What a set comes to follows from the evidence of its rows, as files hold it."""

from __future__ import annotations

import threading

from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
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
    again = set_result(model.identity, specs, SETTINGS, found, at=AT, available=9)
    assert again == result and again.rows[0].certified_at == {"radius=0.1": True}


def test_an_input_is_named_as_a_person_writes_it():
    assert as_path("folder//a.png") == "folder/a.png"


def test_what_rows_say_in_the_same_words_is_kept_once():
    found: dict[str, Evidence] = {}
    finish(certify_set(HalfSpace(0.5), ("0.0", "0.1"), SETTINGS, done=found.__setitem__, read=read))
    first, second = (Evidence.model_validate_json(one.model_dump_json()) for one in found.values())
    assert first.settings is not second.settings
    kept = slim(second, first)
    assert kept == slim(second) and kept.input.pixels_sha256 == "0.1"
    assert kept.settings is first.settings and kept.software is first.software
    assert kept.noise is not first.noise and kept.noise.key == second.noise.key
    assert kept.noise.self_test and first.noise.self_test
    assert kept.noise.self_test.statistics is first.noise.self_test.statistics
    assert kept.model_fields_set is first.model_fields_set == second.model_fields_set
    assert kept.model_dump_json() == slim(second).model_dump_json()
    other = first.model_copy(update={"settings": SETTINGS.model_copy(update={"seed": 4})})
    assert slim(second, other) == slim(second)
