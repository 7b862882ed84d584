from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.logs.collecting import check, read_all, read_radii, short_names

LOG = "idx\tlabel\tpredict\tradius\tcorrect\ttime\n0\t3\t3\t0.378\t1\t1\n"


def test_files_must_be_logs_and_in_folders_they_are_searched_for(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    named, other = tmp_path / "a" / "sigma_0.25", tmp_path / "notes.txt"
    named.write_text(LOG)
    other.write_text("Epoch 1\n")
    logs, skipped = read_all([tmp_path], None)
    assert [log.path for log in logs] == [str(named)] and list(skipped) == [str(other)]
    for paths, sentence in (([other], "is no log"), ([tmp_path / "b"], "cannot be read")):
        with pytest.raises(UserError, match=sentence):
            read_all(paths, None)
    named.unlink()
    with pytest.raises(UserError, match="There is no log in"):
        read_all([tmp_path], None)


def test_numbers_that_cannot_be() -> None:
    check(n=1, alpha=0.5)
    for n, alpha, sentence in ((0, 0.1, "--n must be"), (1, 1.0, "--alpha"), (1, 0.0, "--alpha")):
        with pytest.raises(UserError, match=sentence):
            check(n=n, alpha=alpha)
    assert read_radii("") == () and read_radii("0, 1/4,") == (0.0, 0.25)
    for text in ("x", "-1", "inf"):
        with pytest.raises(UserError, match="--radii"):
            read_radii(text)


def test_names_without_what_they_share() -> None:
    assert short_names(["a/x/1", "a/y/1"]) == ["x/1", "y/1"]
    assert short_names(["a/b/c.tsv"]) == ["c.tsv"]
