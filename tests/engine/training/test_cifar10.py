import hashlib
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torchvision.datasets import CIFAR10

from engine.core.errors import UserError
from engine.inputs import datasets, load_input
from engine.models import ModelRequest, load_model
from engine.training import making
from engine.training.augment import WIDE, turned
from engine.training.cifar10 import cifar10, turned_cifar10
from engine.training.command import main

IMAGES = 20


def rows(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (IMAGES, 3072), dtype=np.uint8)


@pytest.fixture
def root(tmp_path: Path, monkeypatch) -> Path:
    """A tiny CIFAR-10 in the layout of its authors, with digests of its own."""
    folder = tmp_path / CIFAR10.base_folder
    folder.mkdir()

    def write(name: str, content: object) -> list[str]:
        data = pickle.dumps(content)
        (folder / name).write_bytes(data)
        return [name, hashlib.md5(data).hexdigest()]

    labels = [index % 10 for index in range(IMAGES)]
    train = [write("data_batch_1", {"data": rows(1), "labels": labels})]
    test = [write("test_batch", {"data": rows(2), "labels": labels})]
    names = [f"kind {index}" for index in range(10)]
    name, digest = write("batches.meta", {"label_names": names})
    meta = {"filename": name, "key": "label_names", "md5": digest}
    for attribute, value in (("train_list", train), ("test_list", test), ("meta", meta)):
        monkeypatch.setattr(CIFAR10, attribute, value)
    datasets._on_disk.cache_clear()
    yield tmp_path
    datasets._on_disk.cache_clear()


def test_the_parts_are_those_of_the_files(root):
    data = cifar10(root)
    assert data.shape == (3, 32, 32) and data.class_names[3] == "kind 3"
    assert [len(part[1]) for part in (data.train, data.validation, data.test)] == [18, 2, 20]
    assert torch.equal(data.test[0], torch.from_numpy(rows(2)).view(-1, 3, 32, 32))
    both = {bytes(p.numpy().tobytes()) for part in (data.train, data.validation) for p in part[0]}
    assert both == {row.tobytes() for row in rows(1)}
    image = load_input(data.specs[5])
    np.testing.assert_allclose(image.pixels, data.test[0][5].numpy() / 255, atol=1e-7)
    assert image.label == data.test[1][5]
    assert data.facts["split"]["validation"] == 2


@pytest.mark.thorough
def test_a_model_is_trained_and_certified_with_any_scheme(root, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(making, "N", 50)
    monkeypatch.setattr(making, "N0", 10)
    line = (
        f"--data cifar10 --root {root} --arch cifar_resnet8 --epochs 1 --certify 2 --out {tmp_path}"
    )
    ablation = "--scheme ablation --entities 1024 --keep 75"
    for scheme, name in ((ablation, "ablation"), ("--sigma 0.25 --precision bf16", "0.25")):
        main([*line.split(), *scheme.split()])
        assert f"cifar10-{name}.safetensors and its card" in capsys.readouterr().out
        path = tmp_path / f"cifar10-{name}.safetensors"
        card = json.loads(path.with_suffix(".json").read_text())
        assert card["certified_accuracy"]["inputs"] == 2
        assert str(root.parent) not in path.with_suffix(".json").read_text()
        identity = load_model(ModelRequest(str(path))).identity
        assert identity.architecture == "cifar_resnet8"
        assert identity.class_names == tuple(card["classes"])
    assert card["command"].startswith("python -m engine.training --data cifar10 --root")


def test_turned_images_are_those_of_the_disc(root):
    plain, wide = cifar10(root), turned_cifar10(root)
    disc = turned(torch.ones(1, 1, 32, 32), torch.zeros(1))[0, 0]
    assert torch.equal(wide.test[0], plain.test[0] * disc.to(torch.uint8))
    assert torch.equal(wide.train[0], plain.train[0])
    first = turned(plain.validation[0][:1].float(), torch.tensor([-WIDE]))[0]
    assert (wide.validation[0][0].float() - first).abs().max() <= 0.51
    ones = torch.ones(6, 3, 32, 32)
    seen = wide.augment(ones, torch.Generator().manual_seed(0))
    assert not seen[:, :, disc == 0].any() and seen[:, :, 16, 16].min() > 0.99
    assert "turned at random by up to 35 degrees" in wide.facts["data"]


def test_training_may_start_from_the_weights_of_another_model(root, tmp_path):
    line = f"--data cifar10 --root {root} --arch cifar_resnet8 --epochs 1 --certify 0"
    main([*line.split(), "--out", str(tmp_path)])
    first = tmp_path / "cifar10-0.25.safetensors"
    start = ["--start", str(first), "--out", str(tmp_path / "next")]
    main([*line.replace("--data cifar10", "--data cifar10-rotation").split(), *start])
    path = tmp_path / "next" / "cifar10-rotation.safetensors"
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["remarks"] == {"Started from": "the weights of cifar10-0.25.safetensors"}
    assert str(tmp_path) not in path.with_suffix(".md").read_text()
    before, after = load_file(first), load_file(path)
    assert before.keys() == after.keys()
    learned = [name for name in before if "num_batches" not in name]
    apart = max(float((before[name] - after[name]).abs().max()) for name in learned)
    assert 0 < apart < 0.5  # one step of 18 images, and not other random weights
    for bad, words in (("demo:digits-0.25", "holds weights of digits_cnn"), ("x", "does not open")):
        with pytest.raises(SystemExit, match=words):
            main([*line.split(), "--start", bad, "--out", str(tmp_path)])


def test_a_folder_of_images_per_class_is_the_same_data(tmp_path):
    levels = rows(3).reshape(IMAGES, 32, 32, 3)
    for split in ("train", "test"):
        for index, image in enumerate(levels):
            folder = tmp_path / split / f"kind {index % 2}"
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(folder / f"{index:02}.png")
    data = cifar10(tmp_path)
    order = [*range(0, IMAGES, 2), *range(1, IMAGES, 2)]  # class by class
    assert torch.equal(data.test[0], torch.from_numpy(levels[order]).permute(0, 3, 1, 2))
    assert data.test[1].tolist() == [0] * 10 + [1] * 10
    assert data.class_names == ("kind 0", "kind 1") and "JPEG copies" in data.facts["data"]
    image = load_input(data.specs[13])
    assert image.label == 1 and np.array_equal(np.rint(image.pixels * 255), data.test[0][13])
    Image.fromarray(levels[0][:16]).save(tmp_path / "test" / "kind 1" / "small.png")
    with pytest.raises(UserError, match=r"small\.png is no colour image of 32 by 32 pixels"):
        cifar10(tmp_path)


def test_what_is_not_there_is_refused(tmp_path):
    datasets._on_disk.cache_clear()
    with pytest.raises(UserError, match=r"CIFAR10 is not in .*, or not whole"):
        cifar10(tmp_path)
    with pytest.raises(SystemExit, match="--data cifar10 needs --root, the folder with cifar-10"):
        main(["--data", "cifar10"])
