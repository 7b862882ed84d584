"""Tables in the layouts that the published repositories write, made for these tests."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from engine.core.errors import UserError
from engine.logs.log import Log
from engine.logs.reading import is_log, read_logs

COHEN = """idx\tlabel\tpredict\tradius\tcorrect\ttime
0\t3\t3\t0.378\t1\t0:00:15.4
20\t7\t-1\t0.0\t0\t15.6
40\t1\t2\t0.0734\t0\t0:00:15.1
"""


def read(folder: Path, text: str, name: str = "log.tsv", sigma: float | None = None) -> Log:
    (folder / name).write_text(text)
    (found,) = read_logs(folder / name, sigma=sigma)
    return found


def test_a_log_of_certify(tmp_path: Path) -> None:
    log = read(tmp_path, COHEN, "noise_0.12_sigma_0.25.tsv")
    assert (log.kind, log.sigma, log.sigma_origin, log.training_sigma) == (
        "certify",
        0.25,
        "name",
        0.12,
    )
    assert log.index.tolist() == [0, 20, 40] and log.predicted.tolist() == [3, -1, 2]
    assert log.correct.tolist() == [True, False, False]
    assert log.certified.tolist() == [True, False, True]
    assert log.sizes.tolist() == [0.378, 0.0, 0.0] and log.digits == 3


@pytest.mark.parametrize(
    ("header", "row", "kind"),
    [
        ("idx\tlabel\tpredict\tcorrect\ttime", "0\t1\t1\t1\t0:00:01", "predict"),
        ("idx\tlabel\tpredict\tbasePredict\tcorrect\ttime", "0\t1\t1\t1\t1\t2", "predict"),
        (
            "idx\tlabel\tpredict\tradius proved\tcorrect\tlevels_needed\testimated_pr\ttime",
            "0\t1\t1\t0.5\t1\t2\t0.9\t3",
            "decide",
        ),
        (
            "idx\tlabel\tpredict\tradius\tcorrect\ttime\tearly_stopping_ratio\tadditional_batches",
            "0\t1\t1\t0.5\t1\t3\t0.5\t7",
            "certify",
        ),
        (
            "idx\tlabel\tpredict\tpA\tsamplesize\tradius\tcorrect\ttime_forward",
            "0\t1\t1\t0.9\t400\t0.5\t1\t3",
            "certify",
        ),
        ("idx correct radius label predict", "0 1 0.5 1 1", "certify"),
        ("idx,label,predict,radius,correct", "0,1,1,0.5,True", "certify"),
    ],
)
def test_the_header_s_names_count(tmp_path: Path, header: str, row: str, kind: str) -> None:
    log = read(tmp_path, f"\ufeff{header}\n{row}\n\n")
    assert (log.kind, log.correct.tolist()) == (kind, [True])
    assert log.sizes.tolist() == ([0.0] if kind == "predict" else [0.5])


def test_where_sigma_comes_from(tmp_path: Path) -> None:
    assert read(tmp_path, COHEN).sigma is None
    one = read(tmp_path, COHEN, "noise_0.50_2341.tsv")
    assert (one.sigma, one.sigma_origin) == (0.5, "training")
    given = read(tmp_path, COHEN, "sigma_0.5.tsv", sigma=0.75)
    assert (given.sigma, given.sigma_origin) == (0.75, "given")
    folder = tmp_path / "noise_1.00" / "test"
    folder.mkdir(parents=True)
    assert read(folder, COHEN, "sigma_0.25").sigma == 0.25
    assert read(folder, COHEN, "log").sigma == 1.0


def test_the_radii_of_macer(tmp_path: Path) -> None:
    """One .mat has two results, of its hard and of its soft classifier."""
    path = tmp_path / "sigma_0.25.mat"
    savemat(path, {"hard": np.array([[0.5, -1.0]]), "soft": np.array([[0.6, 0.1]])})
    hard, soft = read_logs(path)
    assert (hard.path, soft.path) == (f"{path}#hard", f"{path}#soft")
    assert hard.kind == "radii" and hard.sizes.tolist() == [0.5, 0.0]
    assert hard.correct.tolist() == hard.certified.tolist() == [True, False]
    assert soft.sizes.tolist() == [0.6, 0.1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must name the columns idx, label and predict"),
        ("Epoch 1\nloss 0.3\n", "is no log of certifications"),
        (COHEN + "60\t1\t1\n", r"line 5: 3 columns where the first line names 6; .* cut off"),
        (COHEN.replace("0.378", "nan"), "line 2, column radius: 'nan' is not a number"),
        (COHEN.replace("0.378", "1_0"), "line 2, column radius: '1_0' is not a number"),
        (COHEN.replace("0.378", "\u0661"), "line 2, column radius: '\u0661' is not a number"),
        (COHEN.replace("0.378", "1.7e308"), "column radius: '1.7e308' is not a number"),
        (COHEN.replace("time", "radius"), "names the column 'radius' more than once"),
        (COHEN.replace("0.378", "0,378"), "line 2, column radius: '0,378' is not a number"),
        (COHEN.replace("\t7\t", "\tcat\t"), "line 3, column label: 'cat' is not a whole number"),
        (COHEN.replace("20\t", "20.5\t"), "line 3, column idx: '20.5' is not a whole number"),
        (COHEN.replace("-1", "-2"), "column predict: '-2' is not a whole number from -1 on"),
    ],
)
def test_a_damaged_log_is_named_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read(tmp_path, text)


def test_only_plain_files_are_opened(tmp_path: Path) -> None:
    """A pipe without a writer never answers, and a device may never end."""
    os.mkfifo(tmp_path / "pipe.tsv")
    for path in (tmp_path / "pipe.tsv", tmp_path, Path("/dev/null")):
        with pytest.raises(UserError, match="is not a plain file; save the log as one"):
            read_logs(path)


def test_a_mat_that_unpacks_to_more_than_any_log_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.mat"
    savemat(path, {"hard": np.zeros((1, 5_000_001), np.int8)}, do_compression=True)
    assert path.stat().st_size < 20_000
    with pytest.raises(UserError, match="m.mat, 'hard': more than 5,000,000 numbers"):
        read_logs(path)


def test_files_that_are_no_text_or_no_mat(tmp_path: Path) -> None:
    binary, mat, other = (tmp_path / name for name in ("a.tsv", "b.mat", "c.mat"))
    binary.write_bytes(b"\xff\xfe\x00\x01")
    mat.write_bytes(b"nothing")
    savemat(other, {"x": np.zeros(2)})
    for path, sentence in (
        (binary, "it is not a text"),
        (mat, "no .mat file that can be read"),
        (other, "neither 'hard' nor 'soft'"),
        (tmp_path / "none.tsv", "cannot be read: No such file"),
    ):
        with pytest.raises(UserError, match=sentence):
            read_logs(path)
    with pytest.raises(UserError, match="--sigma must be above 0"):
        read_logs(binary, sigma=-1.0)


def test_a_file_says_of_itself_that_it_is_a_log(tmp_path: Path) -> None:
    """By the names in its first line, whatever its ending is; a table of votes says otherwise."""
    told = {
        "sigma_0.25": "idx\tlabel\tpredict\tradius\tcorrect\ttime\n",
        "comma.csv": "\ufeffIDX,label,predict\n",
        "blank.txt": "idx label predict radius\n0 1 1 0.5\n",
        "votes.csv": "idx,label,n_0,n_1\n",
        "words.txt": "the label that they predict\n",
        "empty.tsv": "",
    }
    found = []
    for name, text in told.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        found += [name] * is_log(tmp_path / name)
    assert found == ["sigma_0.25", "comma.csv", "blank.txt"]
    assert is_log(tmp_path / "a.mat")
    assert not is_log(tmp_path) and not is_log(tmp_path / "missing.tsv")
