"""Two shards of an audit, merged, are the audit of one process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli.app import main
from engine.cli.outcome import PARTIAL

AUDIT = ["audit", "--model", "demo:digits-0.25", "--input", "digits", "--sigma", "0.25", "--seed"]
FAST = [*AUDIT, "5", "--n0", "20", "--n", "200", "--limit", "4", "--device", "cpu", "--quiet"]


@pytest.mark.thorough
def test_shards_are_merged_to_the_rows_of_one_process(tmp_path: Path, capsys: Any) -> None:
    cases = [tmp_path / f"{shard}.certiscope" for shard in (1, 2)]
    for shard, case in enumerate(cases, 1):
        assert main([*FAST, "--shard", f"{shard}/2", "--case", str(case)]) == 0
    whole = tmp_path / "all.certiscope"
    assert main(["merge", str(whole), *map(str, cases)]) == 0
    assert "4 runs taken into" in capsys.readouterr().out
    files = [tmp_path / name for name in ("merged.json", "plain.json")]
    assert main([*FAST, "--case", str(whole), "--json", str(files[0])]) == 0
    assert main([*FAST, "--json", str(files[1])]) == 0
    merged, plain = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    assert merged == plain and len(merged["rows"]) == 4
    assert main(["runs", str(whole)]) == 0
    assert capsys.readouterr().out.count("finished") == 4  # nothing was counted again
    assert main(["verify", "--counts-only", str(whole)]) == 0


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/-2"])
def test_a_shard_that_cannot_be(shard: str, capsys: Any) -> None:
    assert main([*FAST, "--shard", shard]) == 2
    assert f"--shard takes I/K, such as 2/4, I from 1 to K (it was '{shard}')" in (
        capsys.readouterr().err
    )
    assert main([*FAST, "--shard", "5/5"]) == 2
    assert "Shard 5/5 of 4 inputs is empty." in capsys.readouterr().err


def test_shards_share_a_seed(capsys: Any) -> None:
    assert main([*AUDIT[:-1], "--shard", "1/2"]) == 2
    assert "--shard needs --seed, the same for every shard" in capsys.readouterr().err


def test_what_is_left_out_has_its_status(tmp_path: Path, capsys: Any) -> None:
    from engine.case import Case
    from tests.cases import begun, partly

    other = Case.create(tmp_path / "1.certiscope")
    partly(other, begun(other), 400)
    assert main(["merge", str(tmp_path / "all.certiscope"), str(other.path)]) == PARTIAL
    shown = capsys.readouterr()
    assert "run 1 is interrupted; resume it there." in shown.err and "0 runs taken" in shown.out
    assert main(["merge", str(tmp_path / "all.certiscope"), str(tmp_path / "none")]) == 2
