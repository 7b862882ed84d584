"""Loads many broken model files: started by test_fuzz.py as a process with limits of its own.

``fuzz_worker.py FORMAT FIRST COUNT FOLDER``: prints one JSON object a file whose loading was not
what it must be, and ``{"done": ...}`` at the end. A file whose loading hangs ends the process.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import re
import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random

import torch
from safetensors.torch import save

from engine.errors import UserError
from engine.models import ModelRequest, load_model, onnx_probe
from engine.models.architectures.cifar_resnet import CifarResNet
from tests.hostile import bytes as plain
from tests.hostile import huggingface, onnx, pickles, protobuf, safetensors

SECONDS = 20.0
"""Longest time one file may take."""
MEMORY = 256 << 20
"""Most memory that one file may take."""


def say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def weights() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return CifarResNet(depth=8, classes=3).state_dict()


def of_safetensors(folder: Path) -> Callable[[Random], Path]:
    whole, path = save(weights(), {"architecture": "cifar_resnet8"}), folder / "m.safetensors"

    def write(random: Random) -> Path:
        change = random.choice((safetensors.lying, safetensors.lying, plain.mutated))
        path.write_bytes(change(whole, random))
        return path

    return write


def of_torch(folder: Path) -> Callable[[Random], Path]:
    wholes, path = [], folder / "m.pt"
    for zipped in (True, False):
        content = {"epoch": 90, "arch": "cifar_resnet8", "state_dict": weights()}
        torch.save(content, path, _use_new_zipfile_serialization=zipped)
        wholes.append(path.read_bytes())

    def write(random: Random) -> Path:
        kind = random.randrange(4)
        if kind < 2:
            data = pickles.lying(wholes[0], random)
        elif kind == 2:
            data = pickles.repickled(wholes[1][:6000], random) + wholes[1][6000:]
        else:
            data = plain.mutated(random.choice(wholes), random)
        path.write_bytes(data)
        return path

    return write


def of_onnx(folder: Path) -> Callable[[Random], Path]:
    path = folder / "m.onnx"
    wholes = [onnx.linear(["n", 3, 4, 4]), onnx.convolution(), onnx.reshaping()]

    def write(random: Random) -> Path:
        change = random.choice((protobuf.lying, protobuf.lying, protobuf.lying, plain.mutated))
        path.write_bytes(change(random.choice(wholes), random))
        return path

    return write


def of_huggingface(folder: Path) -> Callable[[Random], Path]:
    from transformers import ViTConfig, ViTForImageClassification
    from transformers.utils import logging

    logging.disable_progress_bar()
    config = ViTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=16,
        patch_size=8,
        id2label={0: "cat", 1: "dog", 2: "bird"},
    )
    ViTForImageClassification(config).save_pretrained(folder)
    preprocessing = {"image_mean": [0.5] * 3, "image_std": [0.2] * 3, "size": {"height": 16}}
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessing))
    names = ("config.json", "preprocessor_config.json", "model.safetensors")
    whole = {name: (folder / name).read_bytes() for name in names}

    def write(random: Random) -> Path:
        for name, data in huggingface.lying(whole, random).items():
            (folder / name).write_bytes(data)
        return folder

    return write


FORMATS = {
    "safetensors": of_safetensors,
    "torch": of_torch,
    "onnx": of_onnx,
    "huggingface": of_huggingface,
}


LOADED, REFUSED = "loaded", "refused"


def met(path: Path) -> str:
    """How a file was met: LOADED, REFUSED in a sentence, or what went wrong."""
    try:
        classifier = load_model(ModelRequest(str(path)))
        classifier.prepare(torch.device("cpu"), "fp32")
    except UserError as error:
        text = str(error).replace(str(path), path.name)
        good = len(text) < 300 and text.isprintable() and text.endswith(".")
        return REFUSED if good else f"sentence: {text[:400]!r}"
    except BaseException as error:
        return f"{type(error).__name__}: {str(error)[:300]}"
    with contextlib.suppress(Exception):  # a run counts these samples against the answer
        classifier.classify(torch.rand(3, *classifier.identity.input_shape))
    return LOADED


def limit_memory() -> None:
    """No more address space than now and what ends well before the machine does."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + 8 * MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def held(entry: str) -> int:
    """``VmRSS``, the memory of this process, or ``VmHWM``, the most it ever held; in bytes."""
    found = re.search(rf"{entry}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


def measured(path: Path) -> str:
    """How a file was met, and whether that took too much time or memory."""
    Path("/proc/self/clear_refs").write_text("5")  # the most ever held is what is held now
    before, began = held("VmRSS"), time.perf_counter()
    faulthandler.dump_traceback_later(SECONDS, exit=True)
    found = met(path)
    faulthandler.cancel_dump_traceback_later()
    seconds, more = time.perf_counter() - began, held("VmHWM") - before
    if more > MEMORY:
        return f"memory: {more >> 20} MB, {found}"
    return f"time: {seconds:.1f} s, {found}" if seconds > SECONDS / 4 else found


def main(name: str, first: int, count: int, folder: Path) -> None:
    warnings.simplefilter("ignore")
    onnx_probe.SECONDS = SECONDS / 8
    write = FORMATS[name](folder)
    met(write(Random(-1)))  # whatever loads late is loaded now
    limit_memory()
    times = {LOADED: 0, REFUSED: 0}
    for seed in range(first, first + count):
        (folder / "seed").write_text(str(seed))
        found = measured(write(Random(seed)))
        if found in times:
            times[found] += 1
        else:
            say(seed=seed, fault=found)
    say(done=count, **times)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
