"""Every value of evidence of the kinds beside votes at one image, changed as a forger would."""

from __future__ import annotations

import pytest
import torch

from engine.cli import main
from engine.evidence.evidence import Evidence
from engine.verify.reading import read_evidence
from tests.engine.models.stumps.test_native import written
from tests.leaves import LEVELS, found_by, known_values, unnoticed

RUN = "certify --device cpu --quiet --n0 20 --n 100 --seed 3"
COMPUTED = "certify --device cpu --quiet"
DIGIT = "--model demo:digits-0.25 --input digits:17"
SHIFT = "--sigma-gamma 2 --sigma 0.25"
KINDS = {
    "top-k": f"{RUN} {DIGIT} --top-k 2 --bound multi-class",
    "any stop, all classes": f"{RUN} {DIGIT} --bound anytime-multi-class",
    "soft": f"{RUN} {DIGIT} --bound soft",
    "box": f"{RUN} {DIGIT} --scheme uniform-l1 --lam 0.5 --box",
    "another norm": f"{RUN} {DIGIT} --scheme exp-2 --norm l2 --sigma 0.25",
    "light": f"{RUN} --model demo:digits-light --input digits:17 --at gain=1.01,brightness=0",
    "nested": f"{RUN} {DIGIT} --scheme nested-rotation --sigma-gamma 2 --sigma 0.25 --error 9 "
    "--reach 2",
    "individual": f"{RUN} {DIGIT} --scheme individual-translation {SHIFT} --error 9 --reach 0.25",
    "heuristic": f"{RUN} {DIGIT} --scheme heuristic-translation {SHIFT}",
    "individual rotation": f"{RUN} --model demo:digits-rotation-nested --input digits16:0 "
    "--scheme individual-rotation --sigma 0.3 --error 0.6 --sigma-gamma 20 --reach 0.5 --n 1000",
    "scaling with light": f"{RUN} --model demo:digits-rotation --input digits16:17 "
    "--scheme scaling --scale 0.03 --with-brightness 0.01 --sigma-b 0.1 --n 1000",
    "rotation with noise": f"{RUN} --model demo:digits-rotation --input digits16:17 "
    "--scheme rotation --degrees 2 --with-radius 0.01 --n 1000",
    "scaling": f"{RUN} --model demo:digits-rotation --input digits16:17 --scheme scaling "
    "--scale 0.05",
    "enumerated": f"{COMPUTED} {DIGIT} --scheme translation-black --reach 1",
    "exact map": f"{COMPUTED} {DIGIT} --scheme exact-map --contrast 0.02 --brightness 0.02 "
    "--cells 8 --samples 50",
    "exact keypoints": f"{COMPUTED} --model demo:aircraft --input aircraft:0 --scheme exact-map "
    "--contrast 0.02 --brightness 0.02 --cells 8 --samples 50",
    "attacked stumps": "attack --device cpu --quiet --model demo:breast-cancer-stumps "
    "--input breast-cancer:3 --scheme stumps --sigma 4 --samples 100",
    "attacked rank": f"{RUN.replace('certify', 'attack')} {DIGIT} --top-k 2 --bound multi-class "
    "--attack-samples 200 --attack-n 500",
    "stumps of pixels": f"{COMPUTED} --model demo:digits-1-5-stumps --input digits:1 "
    "--scheme stumps --norm l1 --lam 0.5 --samples 50",
    "stumps of fields": f"{COMPUTED} --model {{folder}}/m.safetensors --input {{folder}}/t.csv:0 "
    "--scheme stumps-fields --sigma 0.5 --samples 100",
}


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evidence]:
    """A run of every kind."""
    folder, found = tmp_path_factory.mktemp("kinds"), {}
    written(folder / "m.safetensors", field_values=torch.tensor([15, 0, -60]))
    (folder / "t.csv").write_text("a,b,c\n7,x,1\n0,y,2\n1,z,0\n")
    for name, words in KINDS.items():
        path = folder / f"{name}.json"
        words = words.replace("{folder}", str(folder))
        assert main([*words.split(), "--json", str(path)]) in (0, 3), name
        evidence = read_evidence(path.read_bytes(), path).evidence
        assert evidence is not None
        found[name] = evidence
    return found


@pytest.mark.walk
@pytest.mark.parametrize("name", KINDS)
def test_every_change_is_found_or_listed(kinds: dict[str, Evidence], name: str) -> None:
    evidence = kinds[name]
    assert not any(found_by(evidence, level) for level in LEVELS[:2])
    shipped = evidence.model.source.startswith("demo:")  # of which a card tells more
    slipped = unnoticed(
        evidence, known_values(kinds.values()), lambda path: shipped or path[0] != "model"
    )
    assert not slipped, "\n".join(map(repr, slipped))
