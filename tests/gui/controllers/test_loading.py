from __future__ import annotations

from engine.core.errors import UserError
from engine.models.request import ModelRequest
from gui.jobs.shipped import Example


def test_the_row_of_images_is_kept_while_one_of_it_is_opened(session, qtbot):
    session.loading.open_input("some/folder")
    qtbot.waitUntil(lambda: session.loading.given is not None)
    assert session.loading.position == 0
    session.loading.step_input(-1)
    qtbot.waitUntil(lambda: session.loading.position == 2)
    assert session.loading.specs == [f"some/folder/{k}.png" for k in range(3)]
    assert session.loading.has_labelled_images


def test_inputs_that_do_not_open_are_stepped_over_and_counted(session, engine, qtbot, said, make):
    specs, tried = [f"some/folder/{k}.png" for k in range(4)], []

    def open_input(spec, known):
        tried.append(spec)
        if spec in (specs[0], specs[2]):
            raise UserError(f"{spec} is damaged.")
        return specs, make.image(specs[1] if spec == "some/folder" else spec)

    engine.open_input = open_input
    loading = session.loading
    loading.open_input("some/folder")
    qtbot.waitUntil(lambda: loading.position == 1)
    assert said()[-1] == "Of 4 inputs the first input does not open; Previous input says why."
    loading.step_input(1)
    qtbot.waitUntil(lambda: "input" in loading.astray)
    loading.step_input(1)
    qtbot.waitUntil(lambda: loading.position == 3)
    assert tried[1:] == specs[2:] and not loading.astray
    loading.step_input(1)
    qtbot.waitUntil(lambda: "input" in loading.astray)
    loading.step_input(-1)
    qtbot.waitUntil(lambda: tried[-1] == specs[3] and not loading.astray)


def test_files_of_a_folder_that_are_no_images_are_listed(session, qtbot, tmp_path, said):
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("a.png", "b.heic", "c.txt"):
        (folder / name).touch()
    session.loading.open_input(str(folder))
    sentence = "Skipped 2 files that are not images by their endings: b.heic, c.txt."
    qtbot.waitUntil(lambda: said() == [sentence])


def test_what_was_asked_for_last_is_known(session, qtbot):
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    assert session.loading.asked == ModelRequest("demo:digits-0.25")
    assert session.loading.busy
    qtbot.waitUntil(lambda: session.loading.model is not None)
    assert session.loading.fitted is None


def example(make, spec, *models, kind="image"):
    return Example(spec, spec, make.image(spec).pixels, kind=kind, models=models)


def test_an_example_brings_a_shipped_model_that_goes_with_it(session, make, qtbot):
    session.loading.open_example(example(make, "digits:7", "demo:a", "demo:b"))
    qtbot.waitUntil(lambda: session.loading.fitted is not None)
    assert session.loading.request.spec == "demo:a"
    session.loading.open_example(example(make, "digits:8", "demo:b", "demo:a"))
    qtbot.waitUntil(
        lambda: session.loading.fitted is not None and session.loading.given.source == "digits:8"
    )
    assert session.loading.request.spec == "demo:a"  # goes with it: stays
    session.loading.open_example(example(make, "lattice:lit", "demo:lattice"))
    qtbot.waitUntil(lambda: session.loading.request.spec == "demo:lattice")


def test_an_own_model_of_the_right_kind_stays(session, make, qtbot):
    session.loading.open_model(ModelRequest("mine.onnx"))
    qtbot.waitUntil(lambda: session.loading.model is not None)
    session.loading.open_example(example(make, "digits:7", "demo:a"))
    qtbot.waitUntil(lambda: session.loading.fitted is not None)
    assert session.loading.request.spec == "mine.onnx"
    session.loading.open_example(example(make, "digits:9", "demo:g", kind="graph"))
    qtbot.waitUntil(lambda: session.loading.request.spec == "demo:g")


def test_the_answer_of_the_model_before_is_never_seen_beside_the_new_one(
    session, engine, make, qtbot
):
    engine.models["two"] = make.model("two", class_names=("a", "b"), training_sigma=0.5)
    session.loading.open_model(ModelRequest("demo:a"))
    session.loading.open_input("digits:7")
    qtbot.waitUntil(lambda: session.loading.clean_answer == 7)
    seen = []
    for signal in (
        session.loading.model_changed,
        session.loading.scheme_proposed,
        session.loading.input_changed,
    ):
        signal.connect(
            lambda *_: seen.append((session.loading.model.name, session.loading.clean_answer))
        )
    session.loading.open_model(ModelRequest("two"))
    qtbot.waitUntil(
        lambda: session.loading.fitted is not None and session.loading.model.name == "two"
    )
    assert seen and all(answer is None for name, answer in seen if name == "two")
