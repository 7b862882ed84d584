import pickle
import struct
import urllib.error
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.core.errors import UserError
from engine.inputs import datasets

RNG = np.random.default_rng(0)
LEVELS = RNG.integers(0, 256, (5, 28, 28), dtype=np.uint8)
LABELS = np.array([3, 1, 4, 1, 5], dtype=np.uint8)


@pytest.fixture(autouse=True)
def nothing_remembered():
    datasets._on_disk.cache_clear()


@pytest.fixture
def mnist(tmp_path):
    """A small MNIST in the format of its authors (IDX: magic, sizes, bytes)."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part in ("train", "t10k"):
        images = struct.pack(">4i", 0x803, *LEVELS.shape) + LEVELS.tobytes()
        (raw / f"{part}-images-idx3-ubyte").write_bytes(images)
        labels = struct.pack(">2i", 0x801, len(LABELS)) + LABELS.tobytes()
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(labels)
    return tmp_path


def refusal(function, spec) -> str:
    with pytest.raises(UserError) as refused:
        function(spec)
    return str(refused.value)


def test_an_image_of_a_set_on_disk(mnist):
    image = datasets.load(f"torchvision:MNIST:test:2@{mnist}")
    assert (image.name, image.label, image.label_name) == ("MNIST test 2", 4, "4 - four")
    assert image.source == f"torchvision:MNIST:test:2@{mnist}"
    assert np.array_equal(image.pixels[0], LEVELS[2] / np.float32(255))


def test_a_split_stands_for_its_images(mnist):
    specs = datasets.expand(f"torchvision:MNIST:train@{mnist}")
    assert specs == [f"torchvision:MNIST:train:{n}@{mnist}" for n in range(5)]
    assert datasets.expand(specs[3]) == [specs[3]]
    assert [datasets.load(spec).label for spec in specs] == LABELS.tolist()


def test_the_folder_may_come_from_the_environment(mnist, monkeypatch):
    monkeypatch.setenv(datasets.VARIABLE, str(mnist))
    assert datasets.load("torchvision:MNIST:test:0").label == 3
    assert datasets.expand("torchvision:MNIST:test")[4] == "torchvision:MNIST:test:4"


def test_without_a_word_it_is_the_user_s_cache(monkeypatch, tmp_path):
    monkeypatch.delenv(datasets.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert datasets.data_root() == tmp_path / "certiscope" / "data"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert datasets.data_root() == Path.home() / ".cache" / "certiscope" / "data"


def test_a_number_past_the_end(mnist):
    assert refusal(datasets.load, f"torchvision:MNIST:test:5@{mnist}") == (
        "MNIST has no test image 5; its numbers go from 0 to 4."
    )


def test_a_whole_set_is_no_image(mnist):
    spec = f"torchvision:MNIST:test@{mnist}"
    assert refusal(datasets.load, spec) == (
        f"{spec} is a whole data set; name one image, e.g. torchvision:MNIST:test:0@{mnist}."
    )


def test_an_unknown_set():
    for spec in ("torchvision:FakeData:test:0", "torchvision:", "torchvision:MNIST:test:x"):
        assert refusal(datasets.load, spec) == (
            f"There is no data set {spec}; write torchvision:NAME:SPLIT:NUMBER with NAME one of "
            "CIFAR10, CIFAR100, DTD, FashionMNIST, Flowers102, GTSRB, KMNIST, MNIST, "
            "OxfordIIITPet, STL10, SVHN, USPS, e.g. torchvision:CIFAR10:test:17."
        )


def test_an_unknown_split():
    assert refusal(datasets.load, "torchvision:CIFAR10:val:0") == (
        "CIFAR10 has no split 'val'; it has train, test."
    )


@pytest.mark.parametrize("name", datasets.SETS)
def test_a_set_that_is_not_there(name, tmp_path):
    split = list(datasets.SETS[name])[-1]
    example = f"torchvision:{name}:{split}:0@{tmp_path}"
    assert refusal(datasets.load, f"torchvision:{name}:{split}:17@{tmp_path}") == (
        f"{name} is not in {tmp_path}, or not whole; name its folder with @FOLDER or "
        f"CERTISCOPE_DATA, or add ?download to fetch it: '{example}?download'."
    )


def test_a_set_of_damaged_files(mnist):
    (mnist / "MNIST" / "raw" / "t10k-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03")
    assert refusal(datasets.load, f"torchvision:MNIST:test:0@{mnist}") == (
        f"MNIST in {mnist} is damaged; delete it there and download it again."
    )


class Payload:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["CIFAR10", "CIFAR100"])
def test_a_pickle_in_the_place_of_cifar_is_never_opened(name, tmp_path):
    from torchvision import datasets as theirs

    published = getattr(theirs, name)
    folder, marker = tmp_path / published.base_folder, tmp_path / "it-ran"
    folder.mkdir()
    files = [*published.train_list, *published.test_list, [published.meta["filename"], ""]]
    for file, _ in files:
        (folder / file).write_bytes(pickle.dumps(Payload(marker)))
    assert "or not whole" in refusal(datasets.load, f"torchvision:{name}:test:0@{tmp_path}")
    assert not marker.exists()


class Tiny:
    """Stands for a set of torchvision: there only after it was downloaded."""

    classes = ("ant", "bee")

    def __init__(self, root: str, *, train: bool, download: bool) -> None:
        mark = Path(root) / "there"
        if download:
            mark.touch()
        if not mark.exists():
            raise RuntimeError("Dataset not found. You can use download=True to download it")

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int):
        return Image.new("RGB", (3, 2), (255, 0, 51)), index


def test_a_set_is_downloaded_on_request_only(tmp_path, monkeypatch):
    monkeypatch.setattr("torchvision.datasets.USPS", Tiny)
    root = tmp_path / "new"
    refusal(datasets.load, f"torchvision:USPS:test:1@{root}")
    assert not root.exists()
    image = datasets.load(f"torchvision:USPS:test:1@{root}?download")
    assert image.label_name == "bee" and image.pixels[:, 0, 0].tolist() == [1, 0, np.float32(0.2)]
    assert image.source == f"torchvision:USPS:test:1@{root}?download"
    again = "torchvision:USPS:test?download"
    monkeypatch.setenv(datasets.VARIABLE, str(root))
    assert datasets.expand(again) == ["torchvision:USPS:test:0", "torchvision:USPS:test:1"]


def test_a_download_without_a_network_is_one_sentence(tmp_path, monkeypatch):
    def fail(root, *, download, **_):
        raise urllib.error.URLError("Name or service not known") if download else RuntimeError

    monkeypatch.setattr("torchvision.datasets.CIFAR10", fail)
    assert refusal(datasets.load, f"torchvision:CIFAR10:test:0@{tmp_path}?download") == (
        f"CIFAR10 cannot be downloaded to {tmp_path}; check the network and the space on the disk, "
        "or copy the data set there."
    )


def test_an_image_of_the_set_that_cannot_be_decoded(tmp_path, monkeypatch):
    class Broken(Tiny):
        def __getitem__(self, index: int):
            raise OSError("image file is truncated")

    monkeypatch.setattr("torchvision.datasets.USPS", Broken)
    assert refusal(datasets.load, f"torchvision:USPS:test:0@{tmp_path}?download") == (
        f"USPS in {tmp_path} is damaged; delete it there and download it again."
    )
