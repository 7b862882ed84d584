import json
import shutil

import pytest

from engine.core.generators import result_of
from engine.core.resources import assets
from engine.evidence.settings import CertifySettings
from engine.inputs import expand
from engine.models import ModelRequest, load_model
from engine.procedures.dataset import certify_set
from engine.schemes import Gaussian
from engine.training.audited import main
from engine.training.making import RADII
from engine.training.measure import certified_accuracy


@pytest.fixture(scope="module")
def audit():
    settings = CertifySettings(
        scheme=Gaussian(sigma=0.25), n0=20, n=200, alpha=0.001, bound="clopper-pearson"
    )
    classifier = load_model(ModelRequest("demo:digits-0.25"))
    return result_of(certify_set(classifier, expand("digits")[:5], settings))


def test_an_audit_says_on_the_card_what_certify_says(audit, tmp_path, capsys):
    for ending in (".safetensors", ".json", ".md"):
        shutil.copy(assets() / "models" / f"digits-0.25{ending}", tmp_path)
    model, file = tmp_path / "digits-0.25.safetensors", tmp_path / "audit.json"
    file.write_text(audit.model_dump_json())
    main([str(model), str(file), "--command", "certiscope audit ..."])
    assert "Wrote the cards" in capsys.readouterr().out
    found = json.loads(model.with_suffix(".json").read_text())["certified_accuracy"]
    cells = [{"radius": radius} for radius in RADII]
    expected = certified_accuracy(
        model, expand("digits")[:5], Gaussian(sigma=0.25), cells, n0=20, n=200, alpha=0.001
    )
    assert found == {**expected, "command": "certiscope audit ..."}
    assert "Measured by `certiscope audit ...`." in model.with_suffix(".md").read_text()


def test_an_audit_of_another_model_or_a_stopped_one_is_refused(audit, tmp_path):
    file = tmp_path / "audit.json"
    file.write_text(audit.model_dump_json())
    other = assets() / "models" / "digits-0.50.safetensors"
    with pytest.raises(SystemExit, match=r"not of digits-0\.50\.safetensors: its model has"):
        main([str(other), str(file), "--command", ""])
    file.write_text(audit.model_copy(update={"complete": False}).model_dump_json())
    with pytest.raises(SystemExit, match="an audit of sampled votes that was not stopped"):
        main([str(assets() / "models" / "digits-0.25.safetensors"), str(file), "--command", ""])
