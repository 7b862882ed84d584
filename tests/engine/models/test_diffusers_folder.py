from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.core.errors import UserError
from engine.models import diffusers_folder
from engine.models.diffusers_folder import open_folder
from tests.denoisers import save_diffusion


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("diffusion")
    save_diffusion(path)
    return path


@pytest.fixture
def changed(folder: Path):
    """Another entry of one of its files, and back again."""
    kept: dict[Path, str] = {}

    def change(name: str, **entries: Any) -> str:
        path = folder / name
        kept.setdefault(path, path.read_text())
        path.write_text(json.dumps({**json.loads(kept[path]), **entries}))
        return str(folder)

    yield change
    for path, text in kept.items():
        path.write_text(text)


def test_a_folder_says_what_it_is(folder: Path) -> None:
    facts = open_folder(str(folder)).facts
    assert facts.input_shape == (1, 16, 16) and facts.architecture == "UNet2DModel"
    assert facts.parameters > 0 and facts.schedule is not None
    assert facts.schedule.betas == "squaredcos_cap_v2" and facts.schedule.clip


@pytest.mark.parametrize(
    ("name", "entries", "said"),
    [
        ("unet/config.json", {"_class_name": "UNet2DConditionModel"}, "takes an image and a time"),
        ("unet/config.json", {"num_class_embeds": 10}, "is told the class"),
        ("unet/config.json", {"auto_map": {"AutoModel": "x.Y"}}, "its own Python code"),
        ("unet/config.json", {"sample_size": None}, "does not say the size of its images"),
        ("unet/config.json", {"out_channels": 5}, "5 channels for images of 1|cannot be opened"),
        ("scheduler/scheduler_config.json", {"beta_schedule": "sigmoid"}, "is not known here"),
        ("scheduler/scheduler_config.json", {"trained_betas": [0.1]}, "numbers of their own"),
        ("scheduler/scheduler_config.json", {"beta_end": 7}, "describes no schedule"),
    ],
)
def test_what_is_not_followed_is_refused(
    changed: Any, name: str, entries: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        open_folder(changed(name, **entries))


def test_weights_that_can_hold_code_stay_shut(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet/config.json").write_text((folder / "unet/config.json").read_text())
    with pytest.raises(UserError, match=r"has no scheduler_config\.json"):
        open_folder(str(tmp_path))
    scheduler = folder / "scheduler/scheduler_config.json"
    (tmp_path / "scheduler_config.json").write_text(scheduler.read_text())
    (tmp_path / "unet/diffusion_pytorch_model.bin").write_bytes(b"\x80\x02")
    with pytest.raises(UserError, match="no safetensors file; weights in other formats"):
        open_folder(str(tmp_path))


def test_without_diffusers_a_sentence_says_how_to_get_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diffusers_folder.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'certiscope\[denoise\]'"):
        open_folder(str(folder))
