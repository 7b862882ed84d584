"""Loads many broken files: started by test_fuzz.py as a process with limits of its own.

``fuzz_worker.py FOLDER FIRST FORMAT:COUNT...``: prints one JSON object a file whose loading was not
what it must be, and ``{"format": ..., "done": ...}`` at a format's end. A file whose loading hangs
ends the process.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import json
import re
import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save

from engine.core.errors import UserError
from engine.inputs import expand, load_input
from engine.models import ModelRequest, load_model, onnx_probe
from engine.models.architectures.cifar_resnet import CifarResNet
from engine.replay.replay import replay
from engine.report.json import evidence_json
from engine.schemes import Gaussian
from engine.verify import Plan, verify
from tests.engine.models.stumps.test_lightgbm import TEXT
from tests.engine.models.stumps.test_onnx_trees import onnx_file
from tests.engine.models.stumps.test_xgboost import edited
from tests.factories import make_evidence
from tests.hostile import bytes as plain
from tests.hostile import huggingface, onnx, pickles, protobuf, safetensors

RUNS = Path(__file__).parents[2] / "golden/evidence-1.0"
SECONDS = 20.0
"""Longest time one file may take."""
MEMORY, IMAGE_MEMORY = 256 << 20, 1 << 30
"""Most memory that one file may take; a small file can hold an image of 50 megapixels."""


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


def of_images(folder: Path) -> Callable[[Random], Path]:
    path, wholes = folder / "image", []
    pixels = np.random.default_rng(0).integers(0, 256, (12, 10, 3), dtype=np.uint8)
    for name in ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF"):
        Image.fromarray(pixels).save(path, name)
        wholes.append(path.read_bytes())

    def write(random: Random) -> Path:
        path.write_bytes(plain.mutated(random.choice(wholes), random))
        return path

    return write


def of_votes(folder: Path) -> Callable[[Random], Path]:
    array = io.BytesIO()
    np.save(array, np.array([[990, 10], [980, 20]]))
    wholes = [
        b"idx,label,n0_0,n0_1,n_0,n_1\n7,1,3,97,100,900\n8,0,60,40,0,10\n",
        b"idx\tlabel\tp_lower\tp_upper\n1\t0\t0.97\t0.01\n2\t1\t0.5\t0.5\n",
        b'{"idx": 7, "label": 1, "n": [3, 997]}\n{"idx": 8, "label": 0, "n": [990, 10]}\n',
        b"9.900000e+02 1.000000e+01\n9.800000e+02 2.000000e+01\n",
        array.getvalue(),
    ]
    return mutating(folder / "votes.csv", wholes)


def of_evidence(folder: Path) -> Callable[[Random], Path]:
    path = folder / "run.json"
    wholes = [(RUNS / f"{name}.json").read_bytes() for name in ("gaussian", "decide", "predict")]
    wholes.append(evidence_json(make_evidence()).encode())

    def write(random: Random) -> Path:
        whole = random.choice(wholes)
        change = random.choice((plain.mutated, plain.retyped, plain.retyped))
        path.write_bytes(change(whole, random))
        return path

    return write


def of_reports(folder: Path) -> Callable[[Random], Path]:
    return mutating(folder / "run.pdf", [(RUNS / "gaussian.pdf").read_bytes()])


def of_cases(folder: Path) -> Callable[[Random], Path]:
    names = (RUNS / "case.certiscope", RUNS.parent / "case_v1.certiscope")
    return mutating(folder / "runs.certiscope", [name.read_bytes() for name in names])


def of_graphs(folder: Path) -> Callable[[Random], Path]:
    wholes = {
        "g.edgelist": b"0 1\n1 2\n2 0\n2 3\n",
        "g.graphml": b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph '
        b'edgedefault="undirected"><node id="a"/><node id="b"/><edge source="a" target="b"/>'
        b"</graph></graphml>",
        "g.gexf": b'<gexf version="1.2"><graph><nodes><node id="0"/><node id="1"/></nodes>'
        b'<edges><edge id="0" source="0" target="1"/></edges></graph></gexf>',
    }
    file = io.BytesIO()
    np.savez(
        file, A=np.array([[0, 1], [1, 2]]), X=np.array([[0, 0], [1, 1]]), y=np.array([0, 1, 1])
    )
    wholes["g.npz"] = file.getvalue()

    def write(random: Random) -> Path:
        name = random.choice(list(wholes))
        (folder / name).write_bytes(plain.mutated(wholes[name], random))
        return folder / name

    return write


def of_tables(folder: Path) -> Callable[[Random], Path]:
    whole = b"age,colour,label\n31,red,1\n4.5,blue,0\n"
    review = b"text;label\ngood;1\nbad;0\n"
    return mutating(folder / "rows.csv", [whole, review])


def of_stumps(folder: Path) -> Callable[[Random], Path]:
    """Files of three libraries, told apart by what they begin with."""
    boosted, trees = folder / "boosted.json", folder / "trees.onnx"
    edited(boosted)
    onnx_file(trees, [(0, 0.5, [0.25], [0.5]), (1, -2.0, [0.25], [0.5])], 2)
    wholes = {
        "m.json": boosted.read_bytes(),
        "m.txt": TEXT.encode(),
        "m.onnx": trees.read_bytes(),
    }

    def write(random: Random) -> Path:
        name = random.choice(list(wholes))
        changes = {"m.json": plain.retyped, "m.onnx": protobuf.lying}
        change = random.choice((plain.mutated, changes.get(name, plain.mutated)))
        (folder / name).write_bytes(change(wholes[name], random))
        return folder / name

    return write


def mutating(path: Path, wholes: list[bytes]) -> Callable[[Random], Path]:
    """Writes one of some files, changed."""

    def write(random: Random) -> Path:
        path.write_bytes(plain.mutated(random.choice(wholes), random))
        return path

    return write


def check(path: Path) -> Callable[[], object]:
    """Every claim of a file, none of which may be an error of the program."""
    report = verify(path, Plan(counts_only=True))
    json.loads(report.model_dump_json())
    return lambda: None


def open_node(path: Path) -> Callable[[], object]:
    """A node of a graph."""
    load_input(f"{path}:1")
    return lambda: None


def open_rows(path: Path) -> Callable[[], object]:
    """A row, and all of them."""
    for spec in expand(str(path))[:3]:
        load_input(spec)
    return lambda: None


def load_classifier(path: Path) -> Callable[[], object]:
    """A model, made ready; the answer is left to be asked for."""
    classifier = load_model(ModelRequest(str(path)))
    classifier.prepare(torch.device("cpu"), "fp32")
    return lambda: classifier.classify(torch.rand(3, *classifier.identity.input_shape))


def open_image(path: Path) -> Callable[[], object]:
    """An image."""
    load_input(str(path))
    return lambda: None


def certify_votes(path: Path) -> Callable[[], object]:
    """Votes of somebody else."""
    asked = {"scheme": Gaussian(), "alpha": 0.001, "bound": "clopper-pearson"}
    try:
        replay(path, **asked)
    except UserError as error:
        if "--selection" not in str(error):
            raise
        replay(path, **asked, selection="same")
    return lambda: None


class Format(NamedTuple):
    """How broken files of one kind are made and opened."""

    make: Callable[[Path], Callable[[Random], Path]]
    open: Callable[[Path], Callable[[], object]]
    memory: int = MEMORY


FORMATS = {
    "safetensors": Format(of_safetensors, load_classifier),
    "torch": Format(of_torch, load_classifier),
    "onnx": Format(of_onnx, load_classifier),
    "huggingface": Format(of_huggingface, load_classifier),
    "images": Format(of_images, open_image, IMAGE_MEMORY),
    "votes": Format(of_votes, certify_votes),
    "evidence": Format(of_evidence, check),
    "reports": Format(of_reports, check),
    "cases": Format(of_cases, check),
    "graphs": Format(of_graphs, open_node),
    "tables": Format(of_tables, open_rows),
    "stumps": Format(of_stumps, load_classifier),
}


LOADED, REFUSED = "loaded", "refused"


def met(path: Path, format: Format) -> str:
    """How a file was met: LOADED, REFUSED in a sentence, or what went wrong."""
    try:
        ask = format.open(path)
    except UserError as error:
        text = str(error).replace(str(path), path.name)
        good = len(text) < 300 and text.isprintable() and text.endswith(".")
        return REFUSED if good else f"sentence: {text[:400]!r}"
    except BaseException as error:
        return f"{type(error).__name__}: {str(error)[:300]}"
    with contextlib.suppress(Exception):  # a run counts these samples against the answer
        ask()
    return LOADED


def limit_memory() -> None:
    """No more address space than now and what ends well before the machine does."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + 16 * MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def held(entry: str) -> int:
    """``VmRSS``, the memory of this process, or ``VmHWM``, the most it ever held; in bytes."""
    found = re.search(rf"{entry}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


def measured(path: Path, format: Format) -> str:
    """How a file was met, and whether that took too much time or memory."""
    Path("/proc/self/clear_refs").write_text("5")  # the most ever held is what is held now
    before, began = held("VmRSS"), time.perf_counter()
    faulthandler.dump_traceback_later(SECONDS, exit=True)
    found = met(path, format)
    faulthandler.cancel_dump_traceback_later()
    seconds, more = time.perf_counter() - began, held("VmHWM") - before
    if more > format.memory:
        return f"memory: {more >> 20} MB, {found}"
    return f"time: {seconds:.1f} s, {found}" if seconds > SECONDS / 2 else found


def tried(name: str, folder: Path, first: int, count: int) -> None:
    """``count`` broken files of a format, each from its number."""
    folder.mkdir()
    format = FORMATS[name]
    write = format.make(folder)
    met(write(Random(-1)), format)  # whatever loads late is loaded now
    times = {LOADED: 0, REFUSED: 0}
    for seed in range(first, first + count):
        (folder.parent / "seed").write_text(f"{name} {seed}")
        found = measured(write(Random(seed)), format)
        if found in times:
            times[found] += 1
        else:
            say(format=name, seed=seed, fault=found)
    say(format=name, done=count, **times)


def main(folder: Path, first: int, formats: dict[str, int]) -> None:
    warnings.simplefilter("ignore")
    onnx_probe.SECONDS = SECONDS / 8
    limit_memory()
    for name, count in formats.items():
        tried(name, folder / name, first, count)


if __name__ == "__main__":
    wanted = (word.split(":") for word in sys.argv[3:])
    main(Path(sys.argv[1]), int(sys.argv[2]), {name: int(count) for name, count in wanted})
