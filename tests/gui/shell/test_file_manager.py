from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCall

from gui.shell.file_manager import SERVICE, select_in_folder


@pytest.fixture
def bus(qapp, monkeypatch):
    """A session bus that keeps what it was asked, and has a file manager or none."""
    bus = SimpleNamespace(asked=[], there=True, connected=True)

    def call(message, timeout):
        bus.asked.append(message)
        error = message.createErrorReply("org.freedesktop.DBus.Error.ServiceUnknown", "none")
        return QDBusPendingCall.fromCompletedCall(message.createReply() if bus.there else error)

    connection = SimpleNamespace(isConnected=lambda: bus.connected, asyncCall=call)
    monkeypatch.setattr(QDBusConnection, "sessionBus", lambda: connection)
    monkeypatch.setattr(sys, "platform", "linux")
    return bus


@pytest.fixture
def asker(qapp):
    asker = QObject()
    yield asker
    asker.deleteLater()


def test_the_file_manager_is_asked_to_select_the_file(bus, asker, tmp_path, qtbot):
    fallen = []
    select_in_folder(tmp_path / "a report.pdf", asker, otherwise=lambda: fallen.append(1))
    (message,) = bus.asked
    assert message.type() == QDBusMessage.MessageType.MethodCallMessage
    named = (message.service(), message.interface(), message.member())
    assert named == (SERVICE, SERVICE, "ShowItems")
    uris, startup = message.arguments()
    assert uris == [(tmp_path / "a report.pdf").as_uri()] and startup == ""
    qtbot.waitUntil(lambda: not asker.children())
    assert not fallen


@pytest.mark.parametrize("lacking", ["manager", "bus", "desktop"])
def test_where_there_is_none_the_folder_is_opened(
    bus, asker, tmp_path, monkeypatch, qtbot, lacking
):
    bus.there, bus.connected = lacking != "manager", lacking != "bus"
    if lacking == "desktop":
        monkeypatch.setattr(sys, "platform", "win32")
    fallen = []
    select_in_folder(tmp_path / "x.pdf", asker, otherwise=lambda: fallen.append(1))
    qtbot.waitUntil(lambda: fallen == [1])
