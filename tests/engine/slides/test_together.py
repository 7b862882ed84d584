"""One slide with the smoothing certificate over the exact map; nothing where they do not belong."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli import main
from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, ExactSettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.procedures.certify import certify
from engine.report.json import write_json
from engine.schemes import ContrastBrightness, ExactMap
from engine.slides.together import write_together


@pytest.fixture(scope="module")
def runs() -> tuple[Evidence, Evidence]:
    model = load_model(ModelRequest("demo:digits-0.25"))
    given = fitted(model, load_input("digits:52"))
    scheme = ExactMap(contrast=0.2, brightness=0.1, cells=7, samples=20)
    mapped = result_of(certify(model, given, ExactSettings(scheme=scheme)))
    smooth = CertifySettings(scheme=ContrastBrightness(), n=200)
    return mapped, result_of(certify(model, given, smooth))


def test_the_certificate_is_drawn_over_the_map(runs, tmp_path: Path) -> None:
    mapped, smooth = runs
    for run, name in ((mapped, "map.json"), (smooth, "smoothed.json")):
        write_json(run, tmp_path / name)
    out, files = tmp_path / "side.svg", [str(tmp_path / n) for n in ("map.json", "smoothed.json")]
    assert main(["slides", files[0], "--beside", files[1], "--out", str(out)]) == 0
    with_border = out.read_text()
    assert with_border.startswith("<svg")
    assert main(["slides", files[0], "--out", str(out), "--plot", "region"]) == 0
    assert len(with_border) > len(out.read_text())  # it has a border and a word more


def test_what_does_not_belong_together_is_refused(runs, tmp_path: Path, certified) -> None:
    mapped, smooth = runs
    for pair in ((smooth, mapped), (mapped, certified), (mapped, mapped)):
        with pytest.raises(UserError, match="take the result of an exact map"):
            write_together(pair[0], [("other", pair[1])], tmp_path / "s.png")
    with pytest.raises(UserError, match="one slide, as .png, .svg or .pdf"):
        write_together(mapped, [("smoothed", smooth)], tmp_path / "s.gif")
    assert not list(tmp_path.iterdir())
