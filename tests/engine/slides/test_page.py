"""The page is read back: by its JSON, by its policy, and in a browser where there is one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from engine.core.records import Votes
from engine.evidence.attack import AttackRecord
from engine.evidence.evidence import Evidence
from engine.evidence.vote_chain import total
from engine.slides.page import page_text, write_page
from tests.factories import make_evidence, make_predicted

BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "firefox"))), None)


def embedded(text: str, name: str) -> dict[str, object]:
    found = re.search(rf'<script type="application/json" id="{name}">\n(.*?)</script>', text, re.S)
    assert found is not None
    loaded: dict[str, object] = json.loads(found.group(1))
    return loaded


def test_its_moments_are_the_recorded_blocks(certified: Evidence) -> None:
    run = embedded(page_text(certified), "run")
    frames, chain = run["frames"], certified.chain
    assert chain is not None and isinstance(frames, list)
    for i in (1, 17, len(chain.blocks)):
        votes = total(chain.blocks[:i], len(certified.model.class_names))
        assert frames[i]["c"] == list(votes.counts) and frames[i]["n"] == votes.n
    assert frames[-1]["word"] == "CERTIFIED" and frames[1]["word"] == "REPLAY"
    assert frames[-1]["r"] <= certified.radius < frames[-1]["r"] + 0.0011
    assert all(one["lo"] is None or one["lo"] <= frames[-1]["n"] for one in frames)


def test_it_holds_the_evidence_whole(certified: Evidence) -> None:
    held = embedded(page_text(certified), "evidence")
    assert Evidence.model_validate(held).model_dump() == certified.model_dump()


def test_it_loads_nothing_and_runs_one_script(certified: Evidence) -> None:
    text = page_text(certified)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; script-src 'sha256-{digest}'" in text
    assert not re.search(r'(src|href)="?https?:', text) and "import(" not in script


def test_names_from_outside_stay_text(certified: Evidence) -> None:
    model = certified.model.model_copy(update={"class_names": ("</script><b>", "\u202ex")})
    evil = certified.model_copy(update={"model": model, "statement": "<img onerror=1>"})
    text = page_text(evil)
    assert "</script><b>" not in text and "<img onerror" not in text and "\u202e" not in text


def test_a_prediction_is_one_moment() -> None:
    frames = embedded(page_text(make_predicted()), "run")["frames"]
    assert isinstance(frames, list) and len(frames) == 1


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None or "firefox" in BROWSER, reason="no headless Chromium here")
def test_a_browser_draws_it_without_a_complaint(certified: Evidence, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_page(certified, path)
    script = 'window.addEventListener("load", () => { by("play").click(); show(3); });'
    probe = path.read_text().replace("show(last);\n", f"show(last);\n{script}\n")
    told = re.findall(r"<script>(.*?)</script>", probe, re.S)[-1]
    digest = base64.b64encode(hashlib.sha256(told.encode()).digest()).decode()
    path.write_text(re.sub(r"sha256-[^']+", lambda _: f"sha256-{digest}", probe))
    assert BROWSER is not None
    words = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    done = subprocess.run(
        [*words, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "CONSOLE" not in done.stderr
    assert 'id="word" class="plain">REPLAY' in done.stdout
    assert re.search(r'<path fill="none"[^>]* d="M[\d.]+ [\d.]+L', done.stdout)


def test_a_refuted_claim_is_no_headline_even_without_scripts() -> None:
    attack = AttackRecord(
        outcome="found",
        how="x",
        perturbation={"radius": 0.001},
        found_class=1,
        votes=Votes(counts=(1, 9, 0)),
    )
    page = page_text(make_evidence(attack=attack))
    assert '<span id="headline"></span>' in page and "CONTRADICTED" in page
