from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import pytest

from engine.cli import main
from engine.encrypted.address import Address
from engine.encrypted.ciphers import Keys
from tests.encrypted import (
    found_in,
    image_file,
    misbehaving,
    model_file,
    relay,
    secret_alone,
    serialised,
    serving,
    small,
    windows,
)
from tests.encrypted import words as wire_words


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("served")
    model_file(path / "m.safetensors")
    image_file(path / "x.png")
    return path


@pytest.mark.thorough
def test_two_processes_certify_an_image_and_its_owner_counts_again(folder, capfd, monkeypatch):
    monkeypatch.chdir(folder)
    command = [sys.executable, "-m", "engine", "serve-encrypted", "--model", "m.safetensors"]
    monkeypatch.setenv("PYTHONPATH", ":".join(filter(None, sys.path)))
    server = subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        first = server.stdout.readline()
        port = re.search(r"127\.0\.0\.1:(\d+)\. It gets ciphertexts", first)[1]
        words = f"certify --encrypted 127.0.0.1:{port} --input x.png --sigma 0.1 --n0 20 --n 400"
        assert main([*words.split(), "--seed", "5", "--json", "e.json", "--report", "r.html"]) == 0
    finally:
        server.send_signal(signal.SIGINT)
        rest = server.communicate(timeout=30)[0]
    shown = capfd.readouterr()
    assert "Under encryption: ring 8,192, modulus 218 of 218 bits (128-bit security)" in shown.err
    assert "Depth 3, 4 bits of noise budget left" in shown.err
    assert "of 400 samples in doubt were taken from the counts" in shown.out
    assert "client 2 sent keys of" in rest and rest.rstrip().endswith("Stopped.")
    evidence = json.loads((folder / "e.json").read_text())
    assert evidence["encrypted"]["answer"] == "scores"
    assert "Encrypted inference" in (folder / "r.html").read_text()
    assert main(["verify", "e.json", "--counts-only"]) == 0
    assert main(["verify", "e.json", "--rerun", "all", "--model", "m.safetensors"]) == 0
    assert "everything re-drawn" in capfd.readouterr().out
    assert main(["verify", "e.json", "--rerun", "all"]) == 1
    assert "its model is with the server" in capfd.readouterr().out


@contextmanager
def served_elsewhere(*more):
    """The address of a server in a process of its own."""
    command = [sys.executable, "-m", "engine", "serve-encrypted", "--model", "m.safetensors"]
    server = subprocess.Popen([*command, "--port", "0", *more], stdout=subprocess.PIPE, text=True)
    try:
        yield Address(
            "127.0.0.1", int(re.search(r"127\.0\.0\.1:(\d+)", server.stdout.readline())[1])
        )
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)


@pytest.mark.thorough
def test_the_server_process_receives_no_pixel_no_label_and_no_secret_key(
    folder, capfd, monkeypatch
):
    """Every byte of a whole run is recorded on its way to the process, and searched."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", ":".join(filter(None, sys.path)))
    (folder / "names.txt").write_text("okapi\ntapir\nzebra\n")
    image = np.array([[[[230, 51], [26, 178]]]], dtype=np.uint8)
    np.savez(folder / "secret.npz", x=image, y=np.array([1]))
    made, encrypted = [], []

    class Kept(Keys):
        def __init__(self, *given):
            super().__init__(*given)
            made.append(self)

        def encrypted(self, x):
            encrypted.append(x)
            return super().encrypted(x)

    monkeypatch.setattr("engine.encrypted.client.Keys", Kept)
    received = bytearray()
    with (
        served_elsewhere("--class-names", "names.txt") as address,
        misbehaving(relay(address, received)) as proxy,
    ):
        words = f"--encrypted {proxy.place} --input secret.npz:0 --sigma 0.1 --n0 20 --n 400"
        assert main(["certify", *words.split(), "--json", "wire.json"]) == 0
    capfd.readouterr()
    evidence = json.loads((folder / "wire.json").read_text())
    assert evidence["input"]["label"] == 1  # tapir
    (keys,) = made
    places = np.sort(windows(received))
    assert found_in(places, wire_words(keys.for_server())[::97]).all()  # the search finds
    assert sum(map(len, encrypted)) > 400
    for x in encrypted:
        assert not found_in(places, serialised(x)).any()
    for numbers in (image, image / 255):
        assert not found_in(places, serialised(numbers.ravel())).any()
    given = evidence["input"]
    digests = [given["sha256"], given["pixels_sha256"]]
    texts = ["label", "tapir", "zebra", "secret", "certify", "radius", *digests]
    texts += [evidence["run_id"], evidence["noise"]["key"]]
    for text in texts:
        assert len(text) < 5 or text.encode() not in received
    for data in map(bytes.fromhex, digests):
        assert data not in received
    alone = secret_alone(keys.secret(), keys.for_server())
    assert len(alone) > 1000 and not found_in(places, alone).any()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("certify --input digits:1", "Missing option '--model'. For example: certiscope certify"),
        (
            "certify --model m --encrypted 127.0.0.1:1 --input digits:1",
            "--model and --encrypted both say which model",
        ),
        ("predict --encrypted 127.0.0.1:x --input digits:1", "is no address of a server"),
        (
            "certify --encrypted 127.0.0.1:1 --encrypted-answer no --input digits:1",
            "is no address of a server",
        ),
        ("certify --encrypted 127.0.0.1:1 --input digits:1", "cannot be reached"),
        ("serve-encrypted --model demo:digits-0.25", "for its layer Conv2d"),
        ("serve-encrypted --model demo:digits-encrypted --host 0.0.0.0", "--certificate and --key"),
        ("serve-encrypted --model demo:digits-encrypted --port 70000", "between 0 and 65535"),
    ],
)
def test_what_is_wrong_is_said(words, said, capsys):
    assert main(words.split()) == 2
    assert said in capsys.readouterr().err


@pytest.mark.thorough
def test_a_case_keeps_an_encrypted_run_and_extends_it(folder, tmp_path, capsys):
    case = tmp_path / "a.certiscope"
    words = f"--input {folder / 'x.png'} --sigma 0.1 --n0 20 --n 100 --seed 4 --quiet"
    with serving(small()) as address:
        asked = f"certify --encrypted {address.place} {words} --case {case}"
        assert main(asked.split()) == 0
        resume = f"resume {case} --run 1 --n 200 --quiet"
        assert main(resume.split()) == 2  # a file's word is not enough to send a server anything
        assert f"{address.place} is a server" in capsys.readouterr().err
        assert main(f"{resume} --model encrypted:{address.place}".split()) == 0
    capsys.readouterr()
    assert main(["verify", str(case), "--counts-only"]) == 0
    shown = capsys.readouterr().out
    assert "run 1: encrypted inference: holds" in shown
    assert main(["runs", str(case)]) == 0 and "200 of 200 votes" in capsys.readouterr().out
