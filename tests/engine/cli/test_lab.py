import json

import pytest

WORDS = (
    *("--methods", "gaussian", "--sigmas", "0.25", "--seeds", "0", "--epochs", "1"),
    *("--check-every", "1", "--draws", "1", "--limit", "3", "--n", "150"),
)


def test_the_table_is_printed_and_written(program, tmp_path):
    folder = tmp_path / "lab"
    where = ("--folder", str(folder))
    files = ("--report", str(tmp_path / "t.csv"), "--json", str(tmp_path / "t.json"))
    shown = program("lab", "table", *WORDS, *where, *files, "--plot", str(tmp_path / "p.svg"))
    assert shown.status == 0
    paths = [str(tmp_path / name) for name in ("t.json", "t.csv", "p-0.25.svg")]
    assert f"Wrote {paths[0]}, {paths[1]} and {paths[2]}." in shown.err
    assert "Noise augmentation" in shown.out and "published" in shown.out
    table = json.loads((tmp_path / "t.json").read_text())
    assert table["planned"] == 1 and table["runs"][0]["inputs"] == 3
    assert table["command"] == f"certiscope lab table {' '.join(WORDS)}"
    assert (tmp_path / "t.csv").exists() and (tmp_path / "p-0.25.svg").exists()
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    again = program("lab", "table", *WORDS, *where)
    assert again.out == shown.out
    assert before == {path: path.stat().st_mtime_ns for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--methods", "gaussian,magic"), "There is no training method 'magic'"),
        (("--sigmas", "a"), "--sigmas takes numbers separated by commas (it was 'a')."),
        (("--report", "t.docx"), "a lab's table is written as .pdf, .html or .csv."),
        (
            ("--sigmas", "0.25", "--plot", "t.pdf", "--report", "./t-0.25.pdf"),
            "--plot t.pdf writes t-0.25.pdf, as another flag does; give it another name.",
        ),
        (("--plot", "t.gif"), "--plot writes .svg, .png or .pdf (it was 't.gif')."),
        (("--sigmas", "-1"), "--sigmas must be greater than 0 (it was -1.0)."),
        (("--seeds", "0,1.5"), "--seeds takes whole numbers (one was 1.5)."),
        (("--seeds", "-1"), "--seeds must be greater than or equal to 0 (it was -1)."),
        (("--n", "0"), "--n must be greater than or equal to 1 (it was 0)."),
        (("--epochs", "0"), "--epochs must be greater than or equal to 1 (it was 0)."),
        (("--limit", "0"), "--limit must be 1 or more (it was 0)."),
    ],
)
def test_bad_input_is_a_sentence(program, tmp_path, words, sentence):
    shown = program("lab", "table", *words, "--folder", str(tmp_path))
    assert shown.status == 2 and sentence in shown.err


def test_the_lab_without_a_command_says_that_one_is_missing(program):
    alone = program("lab")
    assert alone.status == 2 and alone.out == ""
    assert "Missing command; certiscope lab --help lists what there is." in alone.err
