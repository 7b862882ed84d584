"""Small models that are served under encryption, and servers that misbehave."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from safetensors.torch import save_file

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.encrypted.address import Address
from engine.encrypted.messages import Kind, send
from engine.encrypted.parameters import Answer
from engine.encrypted.quadratic import Matrix, Quadratic
from engine.encrypted.server import Server
from tests import fakes

SHAPE = (1, 2, 2)


def layers(hidden: int = 3, classes: int = 3, seed: int = 0) -> list[tuple[Matrix, Matrix]]:
    """Random weights for images of four pixels; ``hidden`` 0 for a linear model."""
    rng = np.random.default_rng(seed)
    sizes = [(hidden, 4), (classes, hidden)] if hidden else [(classes, 4)]
    return [(rng.normal(size=size), rng.normal(size=size[0])) for size in sizes]


def small(hidden: int = 3, classes: int = 3, seed: int = 0) -> Quadratic:
    return Quadratic.of_layers(layers(hidden, classes, seed))


def stated(classes: int = 3) -> ModelIdentity:
    return fakes.identity(classes, input_shape=SHAPE)


def samples(rows: int, seed: int = 1) -> Matrix:
    """Noisy images of four pixels, as the sampler draws them: single precision."""
    rng = np.random.default_rng(seed)
    drawn = rng.uniform(0, 1, (1, 4)) + 0.25 * rng.normal(size=(rows, 4))
    return drawn.astype(np.float32).astype(np.float64)


def model_file(path: Path, hidden: int = 3, classes: int = 3, seed: int = 0) -> Path:
    """The same model as a file of weights."""
    names = ("hidden", "output") if hidden else ("output",)
    tensors = {}
    for name, (weight, bias) in zip(names, layers(hidden, classes, seed), strict=True):
        tensors[f"{name}.weight"] = torch.from_numpy(weight).float()
        tensors[f"{name}.bias"] = torch.from_numpy(bias).float()
    save_file(tensors, path)
    return path


def image_file(path: Path) -> Path:
    """A grey image of four pixels."""
    Image.fromarray(np.array([[230, 51], [26, 178]], dtype=np.uint8)).save(path)
    return path


@contextmanager
def serving(
    model: Quadratic,
    *,
    idle: float = 20.0,
    answer: Answer = "scores",
    identity: ModelIdentity | None = None,
) -> Iterator[Address]:
    """A server in a thread, whose threads have ended when it has."""
    said, before = identity or stated(model.k), {*threading.enumerate()}
    with Server(model, said, host="127.0.0.1", port=0, idle=idle) as server:
        threading.Thread(target=server.serve, daemon=True).start()
        yield Address("127.0.0.1", server.port, answer)
    for thread in {*threading.enumerate()} - before:
        if not isinstance(thread, threading._DummyThread):
            thread.join(5)


@contextmanager
def misbehaving(does: Callable[[socket.socket], None]) -> Iterator[Address]:
    """Something that listens, and does to every connection what it likes."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                with suppress(OSError, UserError):
                    does(connection)

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield Address("127.0.0.1", listening.getsockname()[1])
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def relay(to: Address, received: bytearray) -> Callable[[socket.socket], None]:
    """Passes everything on, both ways, and keeps what goes to the server."""

    def back(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def pass_on(client: socket.socket) -> None:
        client.settimeout(None)
        with socket.create_connection((to.host, to.port)) as server:
            threading.Thread(target=back, args=(server, client), daemon=True).start()
            while data := client.recv(1 << 16):
                received.extend(data)
                server.sendall(data)

    return pass_on


def announcing(content: bytes, then: Callable[[socket.socket], None]) -> Callable[..., None]:
    """Greets as a server does, then does something else."""

    def does(connection: socket.socket) -> None:
        connection.recv(13)
        send(connection, Kind.MODEL, content)
        then(connection)

    return does


def windows(data: bytes | bytearray) -> npt.NDArray[np.uint64]:
    """Every eight bytes of some, at every place."""
    plain = np.frombuffer(bytes(data), dtype=np.uint8)
    return np.lib.stride_tricks.sliding_window_view(plain, 8).copy().view(np.uint64)[:, 0]


def words(data: bytes) -> npt.NDArray[np.uint64]:
    """Some bytes, eight at a time; such a number comes by chance once in 10^9 searches."""
    return np.frombuffer(data[: len(data) // 8 * 8], dtype=np.uint64)


def found_in(
    places: npt.NDArray[np.uint64], sought: npt.NDArray[np.uint64]
) -> npt.NDArray[np.bool_]:
    """Which of some words are among sorted ones."""
    at = np.minimum(np.searchsorted(places, sought), len(places) - 1)
    return places[at] == sought


def serialised(x: Matrix) -> npt.NDArray[np.uint64]:
    """Numbers as any program would write them, eight bytes at a time."""
    return np.concatenate(
        [words(x.astype(form).tobytes()) for form in ("<f8", ">f8", "<f4", ">f4")]
    )


def secret_alone(secret: bytes, multiplying: bytes) -> npt.NDArray[np.uint64]:
    """What a written secret key holds and keys for multiplying do not."""
    some = words(secret)[: len(secret) // 16 * 2 : 7]
    return some[~found_in(np.sort(windows(multiplying)), some)]
