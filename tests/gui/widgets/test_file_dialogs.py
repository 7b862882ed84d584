from __future__ import annotations

import resource
import signal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QToolButton, QTreeView, QWidget

from engine.core.errors import UserError
from gui.widgets.file_dialogs import (
    MODEL_FILTER,
    REPORT_FILTER,
    FileAsker,
    input_filter,
    is_document,
    is_model,
    is_report,
    is_votes,
    model_spec,
    pasted_image,
)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("a.safetensors", True),
        ("a.PT", True),
        ("checkpoint.pth.tar", True),
        ("a.onnx", True),
        ("a.pt2", True),
        ("a.png", False),
        ("a.webp", False),
        ("notes.txt", False),
    ],
)
def test_suffixes_tell_models_from_images(tmp_path, name, model):
    assert is_model(tmp_path / name) is model


def test_a_folder_is_a_model_only_with_its_config(tmp_path):
    assert not is_model(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    assert is_model(tmp_path)
    assert model_spec(tmp_path / "config.json") == str(tmp_path)


def test_the_same_image_is_pasted_to_the_same_file(qapp, tmp_path):
    image = QImage(4, 4, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.green)
    first, second = pasted_image(image, tmp_path), pasted_image(image, tmp_path)
    assert first == second
    assert QImage(str(first)).pixelColor(0, 0).green() == 255


def test_an_image_that_is_pasted_again_on_a_full_disk_stays_whole(qapp, tmp_path, monkeypatch):
    image = QImage(64, 64, QImage.Format.Format_RGB888)
    for x in range(64):
        for y in range(64):
            image.setPixel(x, y, 7919 * (x + 1) * (y + 1) % 0xFFFFFF)
    before = pasted_image(image, tmp_path).read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    usual = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(UserError):
            pasted_image(image, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, usual)
    assert pasted_image(image, tmp_path).read_bytes() == before
    (kept,) = (tmp_path / "pasted").iterdir()
    assert kept.read_bytes() == before


def test_a_dialog_returns_at_once_and_answers_later(qtbot, tmp_path):
    parent, answers = QWidget(), []
    qtbot.addWidget(parent)
    dialog = FileAsker(parent).open_file("Open", MODEL_FILTER, answers.append)
    assert not answers
    dialog.fileSelected.emit(str(tmp_path / "a.onnx"))
    assert answers == [tmp_path / "a.onnx"]
    dialog.close()


def test_a_name_is_proposed_for_writing(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = FileAsker(parent).save_file("Save", "report.pdf", print)
    assert dialog.selectedFiles()[0].endswith("report.pdf")
    assert dialog.defaultSuffix() == "pdf"
    dialog.close()


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """No answer was given before."""
    monkeypatch.setattr(FileAsker, "folder", None)


def test_a_dialog_begins_in_the_folder_of_the_last_answer(qtbot, tmp_path, monkeypatch):
    parent, other = QWidget(), tmp_path / "other"
    qtbot.addWidget(parent)
    other.mkdir()
    (tmp_path / "a.onnx").write_bytes(b"")
    monkeypatch.chdir(other)
    first = FileAsker(parent).open_file("Open", MODEL_FILTER, print)
    assert first.directory().absolutePath() == str(other)
    first.fileSelected.emit(str(tmp_path / "a.onnx"))
    first.close()
    kept = FileAsker(parent).save_file("Save", "report.pdf", print)  # another page has its own
    assert kept.selectedFiles() == [str(tmp_path / "report.pdf")]
    kept.close()
    several = FileAsker(parent).open_files("Open", MODEL_FILTER, print)
    assert several.directory().absolutePath() == str(tmp_path)
    several.filesSelected.emit([str(other / "b.onnx")])
    several.close()
    folder = FileAsker(parent).open_folder("Open", print)
    assert folder.directory().absolutePath() == str(other)
    folder.fileSelected.emit(str(tmp_path))
    folder.close()
    assert FileAsker.folder == tmp_path


def test_a_dialog_whose_folder_is_gone_begins_where_the_program_works(qtbot, tmp_path, monkeypatch):
    parent = QWidget()
    qtbot.addWidget(parent)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(FileAsker, "folder", tmp_path / "gone")
    dialog = FileAsker(parent).open_file("Open", MODEL_FILTER, print)
    assert dialog.directory().absolutePath() == str(tmp_path)
    dialog.close()


@pytest.fixture
def in_a_folder(qtbot, tmp_path):
    """Qt's own dialog over a folder with a file whose size and kind are long words."""
    parent = QWidget()
    qtbot.addWidget(parent)
    (tmp_path / "constraints.txt").write_text("x" * 69_400)
    (tmp_path / "a folder").mkdir()
    before = FileAsker.size
    yield FileAsker(parent), tmp_path
    FileAsker.size = before


def test_columns_of_a_dialog_are_as_wide_as_their_words(in_a_folder, qtbot):
    asker, folder = in_a_folder
    dialog = asker.open_file("Open", MODEL_FILTER, print)
    dialog.setDirectory(str(folder))
    rows = dialog.findChild(QTreeView, "treeView")
    qtbot.waitUntil(lambda: rows.model().rowCount(rows.rootIndex()) == 2)
    qtbot.waitUntil(lambda: rows.header().length() <= rows.viewport().width())
    for column in range(1, 4):
        qtbot.waitUntil(
            lambda column=column: rows.columnWidth(column) >= rows.sizeHintForColumn(column)
        )
    dialog.close()


def test_no_kind_of_file_is_cut_and_its_endings_are_in_the_tip(in_a_folder, qtbot):
    asker, _ = in_a_folder
    for kinds in (MODEL_FILTER, REPORT_FILTER, input_filter()):
        dialog = asker.open_file("Open", kinds, print)
        combo = dialog.findChild(QComboBox, "fileTypeCombo")
        qtbot.waitUntil(lambda combo=combo: combo.width() > 200)
        metrics = combo.fontMetrics()
        for place in range(combo.count()):
            assert metrics.horizontalAdvance(combo.itemText(place)) < combo.width() - 30
        assert kinds.split(";;")[0] in combo.toolTip()
        dialog.close()


def test_a_dialog_comes_back_in_the_size_in_which_it_was_left(in_a_folder):
    asker, _ = in_a_folder
    dialog = asker.open_folder("Open", print)
    assert dialog.width() > 700
    dialog.resize(760, 500)
    dialog.reject()
    again = asker.save_file("Save", "a.pdf", print)
    assert (again.width(), again.height()) == (760, 500)
    again.close()


def test_arrows_of_a_dialog_are_in_the_ink_of_the_theme(in_a_folder):
    dialog = in_a_folder[0].open_folder("Open", print)
    button = dialog.findChild(QToolButton, "toParentButton")
    assert button.arrowType() == Qt.ArrowType.UpArrow
    dialog.close()


def test_a_graph_in_json_is_no_report(tmp_path):
    graph, evidence = tmp_path / "graph.json", tmp_path / "evidence.json"
    graph.write_text('{"directed": false, "nodes": [{"id": 0}], "links": []}')
    evidence.write_text('{"schema_version": "1.0"}')
    assert not is_report(graph) and not is_document(graph)
    assert is_report(evidence)


def test_every_kind_of_file_is_an_input():
    suffixes = (".png", ".npz", ".graphml", ".json", ".txt", ".csv")
    assert all(suffix in input_filter() for suffix in suffixes)


def test_a_table_is_one_of_votes_only_with_their_first_column(tmp_path):
    votes, people = tmp_path / "votes.csv", tmp_path / "people.csv"
    votes.write_bytes(b"\xef\xbb\xbfidx,label,n_0,n_1\n")
    people.write_text("age,job,label\n")
    assert is_votes(votes) and not is_votes(people) and not is_document(people)
    assert is_votes(tmp_path / "missing.csv")  # opened as votes, where it is refused in words


def test_stumps_are_told_by_how_they_begin(tmp_path):
    for name, text, told in (
        ("a.json", '{"learner": {}}', True),
        ("b.json", '{"evidence": {}}', False),
        ("c.txt", "tree\nversion=v4\n", True),
        ("d.txt", "a text", False),
    ):
        (tmp_path / name).write_text(text)
        assert is_model(tmp_path / name) == told, name
        assert is_report(tmp_path / name) == (name == "b.json")
