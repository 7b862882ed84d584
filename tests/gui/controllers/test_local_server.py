from __future__ import annotations

import socket

import pytest

from gui.controllers.local_server import LocalServer
from tests.encrypted import model_file


@pytest.fixture
def server(qapp):
    found = LocalServer()
    yield found
    found.stop()


@pytest.mark.thorough
def test_it_serves_and_ends_when_asked(server, tmp_path, qtbot):
    ends = []
    server.ended.connect(ends.append)
    with qtbot.waitSignal(server.served, timeout=120_000) as served:
        server.start(str(model_file(tmp_path / "m.safetensors")))
    host, port = served.args[0].split(":")
    assert server.running and server.address == served.args[0]
    with socket.create_connection((host, int(port)), timeout=10):
        pass
    server.stop()
    assert not server.running and server.address == "" and ends == [""]
    with pytest.raises(OSError):
        socket.create_connection((host, int(port)), timeout=10).close()


@pytest.mark.thorough
def test_a_server_that_cannot_start_says_why(server, qtbot):
    with qtbot.waitSignal(server.ended, timeout=120_000) as ended:
        server.start("nothing.onnx")
    assert "There is no model nothing.onnx" in ended.args[0]
    assert not server.running and not server.address
