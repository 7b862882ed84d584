from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from PySide6.QtDBus import QDBusConnection, QDBusMessage

from gui.shell.file_manager import SERVICE, selected_in_folder


@pytest.fixture
def bus(monkeypatch):
    """A session bus that keeps what it was asked, and has a file manager or none."""
    bus = SimpleNamespace(asked=[], there=True, connected=True)

    def call(message, timeout):
        bus.asked.append(message)
        error = message.createErrorReply("org.freedesktop.DBus.Error.ServiceUnknown", "none")
        return message.createReply() if bus.there else error

    connection = SimpleNamespace(isConnected=lambda: bus.connected, call=call)
    monkeypatch.setattr(QDBusConnection, "sessionBus", lambda: connection)
    monkeypatch.setattr(sys, "platform", "linux")
    return bus


def test_the_file_manager_is_asked_to_select_the_file(bus, tmp_path):
    assert selected_in_folder(tmp_path / "a report.pdf")
    (message,) = bus.asked
    assert message.type() == QDBusMessage.MessageType.MethodCallMessage
    assert (message.service(), message.interface(), message.member()) == (
        SERVICE,
        SERVICE,
        "ShowItems",
    )
    uris, startup = message.arguments()
    assert uris == [(tmp_path / "a report.pdf").as_uri()] and startup == ""


@pytest.mark.parametrize("lacking", ["manager", "bus", "desktop"])
def test_where_there_is_none_that_is_known(bus, tmp_path, monkeypatch, lacking):
    bus.there, bus.connected = lacking != "manager", lacking != "bus"
    if lacking == "desktop":
        monkeypatch.setattr(sys, "platform", "win32")
    assert not selected_in_folder(tmp_path / "x.pdf")
