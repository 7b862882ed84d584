from __future__ import annotations

import json
from pathlib import Path

from engine.case.places import located, relative, request_from, request_text
from engine.models.request import ModelRequest


def test_files_are_found_again_after_the_folder_moved(tmp_path: Path) -> None:
    (tmp_path / "old" / "models").mkdir(parents=True)
    weights, names = tmp_path / "old/models/m.pt", tmp_path / "old/names.txt"
    weights.write_bytes(b"x")
    names.write_text("a\nb")
    case = tmp_path / "old" / "a.certiscope"
    request = ModelRequest(
        str(weights), arch="cifar_resnet20", class_names=names, encoding="indicator"
    )
    path, text = relative(str(weights), case), request_text(request, case)
    assert path == "models/m.pt"
    (tmp_path / "old").rename(tmp_path / "new")
    moved = tmp_path / "new" / "a.certiscope"
    found = request_from(text, path, moved)
    assert Path(found.spec) == tmp_path / "new/models/m.pt"
    assert found.class_names == tmp_path / "new/names.txt"
    assert found.arch == "cifar_resnet20"
    assert found.encoding == "indicator"


def test_a_request_kept_before_there_were_encodings_is_read(tmp_path: Path) -> None:
    kept = json.loads(request_text(ModelRequest("m.pt"), tmp_path / "a.certiscope"))
    del kept["encoding"]
    assert request_from(json.dumps(kept), "", tmp_path / "a.certiscope") == ModelRequest("m.pt")


def test_names_that_are_no_files_stay_as_they_are(tmp_path: Path) -> None:
    case = tmp_path / "a.certiscope"
    for spec in ("demo:digits-0.25", "digits:7", "org/model"):
        assert relative(spec, case) == ""
        assert located(spec, "", case) == spec
    assert located("gone.pt", "models/gone.pt", case) == "gone.pt"


def test_consent_to_run_code_is_not_kept(tmp_path: Path) -> None:
    case = tmp_path / "a.certiscope"
    text = request_text(ModelRequest("m.pt2", trust=True), case)
    assert request_from(text, "", case) == ModelRequest("m.pt2", trust=False)


def test_what_a_model_that_writes_needs_is_kept_and_moves_along(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    rules, case = folder / "rules.txt", folder / "c.certiscope"
    rules.write_text("left: left")
    asked = ModelRequest("owner/name", oracle=rules, prompt="where to?", max_new_tokens=7)
    text = request_text(asked, case)
    assert request_from(text, "", case) == asked
    moved = folder.rename(tmp_path / "b")
    found = request_from(text, "", moved / "c.certiscope")
    assert found.oracle == moved / "rules.txt"
    assert (found.prompt, found.max_new_tokens) == ("where to?", 7)
    assert "oracle" not in request_text(ModelRequest("demo:digits-0.25"), case)


def test_the_members_of_an_ensemble_move_along(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    files = [folder / name for name in ("one.onnx", "two.onnx")]
    for file in files:
        file.touch()
    asked = ModelRequest(
        str(files[0]),
        others=tuple([str(files[1]), "demo:digits-0.25"]),
        combine="votes",
        consensus=2,
    )
    case = folder / "c.certiscope"
    text, place = request_text(asked, case), relative(asked.spec, case)
    assert request_from(text, place, case) == asked
    moved = folder.rename(tmp_path / "b")
    found = request_from(text, place, moved / "c.certiscope")
    assert found.members == (str(moved / "one.onnx"), str(moved / "two.onnx"), "demo:digits-0.25")
    assert (found.combine, found.consensus) == ("votes", 2)
    assert "combine" not in request_text(ModelRequest("demo:digits-0.25"), case)
