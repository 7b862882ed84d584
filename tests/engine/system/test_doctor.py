"""The doctor's findings, one by one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from engine.system import doctor
from engine.system.doctor import PACKAGES, Finding, bf16, examine, healthy, qt_version

OLD, NEW = (3, 11), (3, 12)


@pytest.mark.parametrize(
    ("found", "python", "level"),
    [
        ("6.11.3", OLD, "ok"),
        ("6.8.0", OLD, "ok"),
        ("6.11.0", NEW, "bad"),
        ("6.11.1", OLD, "bad"),
        ("6.12.0", OLD, "bad"),
        ("6.12.0", NEW, "ok"),
    ],
)
def test_releases_of_qt_that_misbehave(found: str, python: tuple[int, int], level: str) -> None:
    finding = qt_version(found, python)
    assert finding.level == level
    assert bool(finding.advice) == (level == "bad")


def test_everything_is_looked_at() -> None:
    topics = [finding.topic for finding in examine()]
    for topic in (
        *PACKAGES,
        "python",
        "device cpu",
        "bf16",
        "Qt libraries",
        "fonts",
        "settings folder",
    ):
        assert topic in topics


def test_bf16_that_gains_nothing_is_noted() -> None:
    assert bf16(2.04) == Finding("bf16", "2.0 times the rate of fp32 on the processor")
    slow = bf16(0.6)
    assert slow.level == "note" and "fp32 on this processor" in slow.advice


def test_missing_libraries_are_named_by_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "missing_packages", lambda _scope: ("libegl1", "libgl1"))
    monkeypatch.setenv("DISPLAY", "")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    found = {finding.topic: finding for finding in examine()}
    assert found["Qt libraries"].level == "bad"
    assert found["Qt libraries"].advice == (
        "apt-get install -y --no-install-recommends libegl1 libgl1"
    )
    assert found["Qt libraries for a window"].level == "note"
    monkeypatch.setenv("DISPLAY", ":0")
    found = {finding.topic: finding for finding in examine()}
    assert found["Qt libraries for a window"].level == "bad"


def test_a_missing_package_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", ("no-such-package",))
    found = {finding.topic: finding for finding in examine()}
    assert found["no-such-package"].value == "missing"
    assert not healthy(list(found.values()))


def test_missing_shipped_files_are_bad(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "assets", lambda: tmp_path / "gone")
    found = {finding.topic: finding for finding in examine()}
    assert found["shipped files"].level == "bad"


def test_a_settings_folder_under_a_file_is_a_note(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor.os, "access", lambda *_: False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "a"))
    found = {finding.topic: finding for finding in examine()}
    assert found["settings folder"].level == "note"


def test_notes_are_healthy() -> None:
    assert healthy([Finding("display", "none", "note", "advice")])
    assert not healthy([Finding("fonts", "none", "bad", "advice")])
