"""Replays are decoded again and their frames counted."""

from __future__ import annotations

import io
import threading

import pytest
from PIL import Image

from engine.core.errors import DiskFull, UserError
from engine.slides import replay
from engine.slides.film import Film
from engine.slides.replay import moments, write_replay
from tests.factories import make_predicted

SHORT = Film(seconds=1, fps=4, width=320, shown="votes")


def test_early_votes_take_longer_and_the_result_stands_at_the_end(certified) -> None:
    views = moments(certified, Film(seconds=2, fps=10))
    seen = [view.estimation.n for view in views]
    assert len(views) == 40 and views[20:] == [certified] * 20
    assert seen == sorted(seen) and seen[0] == 0
    steps = [b - a for a, b in zip(seen[:20], seen[1:20], strict=False)]
    assert sum(steps[:10]) < sum(steps[10:])


def test_a_gif_plays_as_long_as_it_was_asked_to(certified, tmp_path) -> None:
    path, told = tmp_path / "r.gif", []
    write_replay(certified, path, SHORT, progress=lambda done, of: told.append((done, of)))
    lengths = []
    with Image.open(path) as film:
        assert film.size == (320, 180)
        for i in range(film.n_frames):
            film.seek(i)
            lengths.append(film.info["duration"])
    assert sum(lengths) == 3000 and told[-1] == (12, 12)


def test_a_folder_holds_every_frame(certified, tmp_path) -> None:
    write_replay(certified, tmp_path / "frames", SHORT)
    files = sorted((tmp_path / "frames").iterdir())
    assert [files[0].name, files[-1].name, len(files)] == ["frame-01.png", "frame-12.png", 12]
    assert files[-1].read_bytes() == files[4].read_bytes() != files[0].read_bytes()


def test_a_disk_that_is_full_after_some_frames_keeps_none_of_them(
    certified, tmp_path, monkeypatch
) -> None:
    """What was in the folder before stays; a folder that was made for them goes."""
    write = replay.write_atomically

    def full(path, frame) -> None:
        if path.name == "frame-05.png":
            raise DiskFull("The disk is full.")
        write(path, frame)

    monkeypatch.setattr(replay, "write_atomically", full)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "frame-02.png").write_bytes(b"before")
    for folder, left in (("new", []), ("old", ["frame-02.png"])):
        with pytest.raises(DiskFull):
            write_replay(certified, tmp_path / folder, SHORT)
        assert [path.name for path in (tmp_path / folder).glob("*")] == left
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_film_has_all_frames(certified, tmp_path, suffix) -> None:
    ffmpeg = pytest.importorskip("imageio_ffmpeg")
    path = tmp_path / f"r{suffix}"
    write_replay(certified, path, SHORT)
    frames, seconds = ffmpeg.count_frames_and_secs(str(path))
    assert frames == 12 and seconds == pytest.approx(3, abs=0.3)


def test_without_the_encoder_a_sentence_says_how_to_get_it(
    certified, tmp_path, monkeypatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "imageio_ffmpeg", None)
    with pytest.raises(UserError, match="extra 'video'"):
        write_replay(certified, tmp_path / "r.mp4", SHORT)


def test_a_run_without_blocks_is_not_replayed(tmp_path) -> None:
    with pytest.raises(UserError, match="no recorded blocks"):
        write_replay(make_predicted(), tmp_path / "r.gif", SHORT)


def test_what_is_stopped_leaves_nothing(certified, tmp_path) -> None:
    stop = threading.Event()
    write_replay(certified, tmp_path / "r.gif", SHORT, progress=lambda *_: stop.set(), stop=stop)
    assert not list(tmp_path.iterdir())


def test_one_moment_is_drawn_once(certified, monkeypatch) -> None:
    drawn = []

    def render(slide, fmt, **how):
        drawn.append(slide)
        out = io.BytesIO()
        Image.new("RGB", (32, 18)).save(out, "PNG")
        return out.getvalue()

    monkeypatch.setattr(replay, "render_slide", render)
    assert len(list(replay.frames(certified, Film(seconds=1, fps=10)))) == 30
    assert len(drawn) <= 11
