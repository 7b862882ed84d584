"""A run shown again as moving images: GIF, MP4, WebM or a folder of PNG files.

Nothing is sampled: a frame shows what held at the end of a recorded block.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.evidence.evidence import Evidence
from engine.evidence.run_view import RunView
from engine.figures.images import SliceFigure
from engine.procedures.playback import can_be_played, played
from engine.slides.film import Film
from engine.slides.slide import render_slide, slide_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_CODECS = {".mp4": ("libx264", "yuv420p"), ".webm": ("libvpx-vp9", "yuv420p")}
_END_SECONDS = 2.0


def moments(evidence: Evidence, film: Film) -> list[RunView]:
    """What each frame shows: early blocks, where more changes, take longer; the result at the end.

    Raises:
        UserError: the run has no recorded blocks.
    """
    film.check()
    if not can_be_played(evidence):
        raise UserError(
            "This run has no recorded blocks, so that there is nothing to replay: only a CERTIFY "
            "run that chose its class has them."
        )
    snapshots = played(evidence)
    count = max(1, round(film.seconds * film.fps))
    way: list[RunView] = [snapshots[int((i / count) ** 2 * len(snapshots))] for i in range(count)]
    return [*way, *[evidence] * max(1, round(_END_SECONDS * film.fps))]


def frames(
    evidence: Evidence,
    film: Film,
    image: SliceFigure | None = None,
    stop: threading.Event | None = None,
) -> Iterator[bytes]:
    """The frames of a replay as PNG; one that shows what the last did is not drawn again.

    Raises:
        UserError: the run has no recorded blocks.
    """
    names, last, drawn = evidence.model.class_names, None, b""
    for view in moments(evidence, film):
        if stop is not None and stop.is_set():
            return
        if view is not last:
            slide = slide_of(view, names, film.shown, image, given=evidence.input)
            drawn, last = render_slide(slide, "png", dark=film.dark, width=film.width), view
        yield drawn


def write_replay(
    evidence: Evidence,
    path: Path,
    film: Film | None = None,
    *,
    image: SliceFigure | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Write a replay; what was begun is not left behind where it is stopped.

    Args:
        evidence: of a CERTIFY run.
        path: ending in .gif, .mp4 or .webm, or a folder for PNG files.
        film: how.
        image: the slice through the input that belongs to the run.
        progress: told of frames that are drawn, and of all.
        stop: when set, nothing is written.

    Raises:
        UserError: there is nothing to replay, a library is missing, or the file cannot be written.
    """
    film, stop = film or Film(), stop or threading.Event()
    suffix = path.suffix.lower()
    encoder = _encoder() if suffix in _CODECS else None
    total = len(moments(evidence, film))
    drawn: list[bytes] = []
    for frame in frames(evidence, film, image, stop):
        drawn.append(frame)
        if progress is not None:
            progress(len(drawn), total)
    if stop.is_set():
        return
    if not suffix:
        _folder(path, drawn)
    elif encoder is None:
        write_atomically(path, _gif(drawn, film))
    else:
        write_atomically(path, _encoded(encoder, drawn, film, suffix))


def _folder(path: Path, drawn: list[bytes]) -> None:
    """All frames; where one cannot be written, none that is new, and no folder made for them."""
    made = not path.exists()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"Cannot make the folder {path}: {error.strerror}.") from error
    digits = len(str(len(drawn)))
    places = [path / f"frame-{i:0{digits}}.png" for i in range(1, len(drawn) + 1)]
    new = [place for place in places if not place.exists()]
    try:
        for place, frame in zip(places, drawn, strict=True):
            write_atomically(place, frame)
    except UserError:
        for place in new:
            place.unlink(missing_ok=True)
        if made:
            path.rmdir()
        raise


def _gif(drawn: list[bytes], film: Film) -> bytes:
    """One palette for all frames, made from the last, which has every colour."""
    from PIL import Image

    images = [Image.open(io.BytesIO(one)).convert("RGB") for one in _distinct(drawn)]
    palette = images[-1].quantize(255)
    painted = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in images]
    out = io.BytesIO()
    painted[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=painted[1:],
        duration=[round(1000 * count / film.fps) for count in _lengths(drawn)],
        loop=0,
        optimize=False,
    )
    return out.getvalue()


def _distinct(drawn: list[bytes]) -> list[bytes]:
    return [one for i, one in enumerate(drawn) if i == 0 or one is not drawn[i - 1]]


def _lengths(drawn: list[bytes]) -> list[int]:
    """Frames for which each distinct one stands."""
    found: list[int] = []
    for i, one in enumerate(drawn):
        if i and one is drawn[i - 1]:
            found[-1] += 1
        else:
            found.append(1)
    return found


def _encoder() -> Any:
    try:
        import imageio_ffmpeg
    except ImportError as error:
        raise UserError(
            "MP4 and WebM need the extra 'video' (imageio-ffmpeg): pip install "
            "'certiscope[video]'. A GIF and a folder of PNG files need nothing more."
        ) from error
    return imageio_ffmpeg


def _encoded(encoder: Any, drawn: list[bytes], film: Film, suffix: str) -> bytes:
    """A film through ffmpeg, which wants sides that are even and a file with a name."""
    import tempfile

    codec, pixels = _CODECS[suffix]
    first = _even(drawn[0])
    size = (first.shape[1], first.shape[0])
    with tempfile.TemporaryDirectory(prefix="certiscope-") as folder:
        place = Path(folder) / f"replay{suffix}"
        writer = encoder.write_frames(
            str(place), size, fps=film.fps, codec=codec, pix_fmt_out=pixels, macro_block_size=2
        )
        writer.send(None)
        try:
            last, pixels_of = b"", first
            for frame in drawn:
                if frame is not last:
                    last, pixels_of = frame, _even(frame)
                writer.send(pixels_of)
        except OSError as error:
            raise UserError(f"The film could not be encoded: {error}") from error
        finally:
            writer.close()
        return place.read_bytes()


def _even(frame: bytes) -> npt.NDArray[np.uint8]:
    import numpy as np
    from PIL import Image

    pixels = np.asarray(Image.open(io.BytesIO(frame)).convert("RGB"))
    return np.ascontiguousarray(pixels[: pixels.shape[0] // 2 * 2, : pixels.shape[1] // 2 * 2])
