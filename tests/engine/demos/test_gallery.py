"""The shipped recorded cases: they verify, their cards say what they hold, every one is there."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest

from engine.core.errors import UserError
from engine.core.files import sha256_bytes
from engine.demos import gallery
from engine.demos.gallery import CASES, case_of, recorded_evidence, recorded_folder, recorded_index
from engine.demos.recorded import told
from engine.evidence.evidence import Evidence
from engine.verify import Plan, verify

RUNS = [case for case in CASES if case.command]
MOST_BYTES = 130_000


def test_every_case_is_shipped_and_nothing_else() -> None:
    expected = {"index.json"} | {f"{case.key}.json" for case in RUNS}
    expected |= {f"{case.key}-{ground}.png" for case in CASES for ground in ("light", "dark")}
    assert {path.name for path in recorded_folder().iterdir()} == expected
    assert set(recorded_index()) == {case.key for case in RUNS}


@pytest.mark.parametrize("case", RUNS, ids=lambda case: case.key)
def test_a_recorded_case_holds_and_its_card_says_what_it_states(case) -> None:
    evidence = recorded_evidence(case)
    assert evidence.outcome == "certified" and evidence.complete
    assert recorded_index()[case.key] == told(case.evidence.read_bytes())
    report = verify(case.evidence, Plan())
    # only a server has the file of the encrypted model
    unchecked = [one.name for one in report.claims if one.verdict != "holds"]
    assert len(unchecked) == (case.key == "encrypted"), report.summary()
    assert not report.count("does not hold")
    assert case.evidence.stat().st_size < MOST_BYTES
    flags = dict(zip(*[iter(shlex.split(case.command)[1:])] * 2, strict=True))
    assert evidence.input.source == flags["--input"]
    assert evidence.model.source == flags.get("--model", evidence.model.source)


def test_cases_differ_in_what_they_certify() -> None:
    schemes = {recorded_evidence(case).settings.scheme.key for case in RUNS}
    assert len(schemes) == len(RUNS) - 2  # three are Gaussian: digit, photograph and encrypted


def test_the_table_loads_neither_torch_nor_scipy() -> None:
    code = (
        "import sys; from engine.demos.gallery import recorded_index; recorded_index();"
        "print(sorted({'torch', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_without_the_files_the_cards_say_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(gallery, "assets", lambda: tmp_path)
    assert recorded_index() == {}


def test_the_index_is_the_one_whose_digest_the_program_knows() -> None:
    """After cases were recorded anew, this is what INDEX_DIGEST is to be."""
    found = sha256_bytes((recorded_folder() / gallery.INDEX).read_bytes())
    assert found == gallery.INDEX_DIGEST


def test_forged_cases_and_cards_are_not_shown(tmp_path, monkeypatch) -> None:
    """Each word of them would be believed, with a seal that anybody can compute."""
    digit, folder = case_of("digit"), recorded_folder()
    index = (folder / gallery.INDEX).read_text()
    forged = Evidence.model_validate_json(digit.evidence.read_bytes())
    ball = forged.region.model_copy(update={"radius": 9.5})
    forged = forged.model_copy(update={"region": ball, "radius": 9.5})
    monkeypatch.setattr(gallery, "recorded_folder", lambda: tmp_path)
    (tmp_path / "index.json").write_text(index)
    with pytest.raises(UserError, match=r"The recorded case digit.json cannot be read\."):
        recorded_evidence(digit)
    (tmp_path / "digit.json").write_text(forged.model_dump_json())
    with pytest.raises(UserError, match=r"digit.json is not the one that is shipped, so it is not"):
        recorded_evidence(digit)
    for changed in (index.replace("R = 0.650", "R = 9.500"), "{", "[]"):
        (tmp_path / "index.json").write_text(changed)
        assert recorded_index() == {}


def test_cases_are_found_by_their_key() -> None:
    assert all(case_of(case.key) is case for case in CASES)
    with pytest.raises(KeyError):
        case_of("no-case")
