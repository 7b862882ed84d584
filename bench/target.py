"""Samples that a target saves beside a fixed n, and whether both decide alike.

``python -m bench.target IMAGES`` certifies images of a folder twice under the same noise, for
"radius >= 0.25": with ``--target``, and with a fixed n = 100,000 under Clopper-Pearson. It adds a
line of JSON per image to ``--out``, goes on where that ends, and prints what the lines come to.

What the fixed run decides is known before its last vote: once enough of them are for the class, or
too many are not, and where the rest would have to turn out as they do with probability RISK at most
(:class:`FixedDecision`). It is counted that far.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from scipy.stats import binom

from engine.bounds import bound_method, eprocess
from engine.core.generators import result_of
from engine.core.records import Votes
from engine.evidence.settings import CertifySettings, Execution
from engine.evidence.vote_chain import block_size
from engine.inputs import expand, load_input, spread
from engine.inputs.base import FittedInput
from engine.models import fitted, load_model
from engine.models.base import Classifier
from engine.models.request import ModelRequest
from engine.procedures.bound_trajectory import Claims, Slack, region_of
from engine.procedures.certify import certify
from engine.procedures.prepared import PreparedModel
from engine.procedures.target import Target
from engine.schemes import Gaussian

MODEL, SIGMA, RADIUS = "demo:cifar10-0.25", 0.25, 0.25
RISK = 1e-9
"""Chance that a fixed run would decide otherwise than is said of it before its end."""


def settings_of(*, target: bool) -> CertifySettings:
    """Of either run: the same scheme, seed and n, and so the same votes."""
    return CertifySettings(
        scheme=Gaussian(sigma=SIGMA),
        n0=100,
        n=100_000,
        alpha=0.001,
        bound="anytime" if target else "clopper-pearson",
        target=f"radius={RADIUS}" if target else "",
        seed=0,
    )


@dataclass(frozen=True)
class FixedDecision:
    """What n votes will decide, as soon as that is known.

    Attributes:
        n: votes of the whole run.
        needed: the fewest votes for the class with which the radius is certified.
    """

    n: int
    needed: int

    @classmethod
    def of(cls, settings: CertifySettings) -> FixedDecision:
        """The one of some settings, for the radius that is asked about."""
        method, n = bound_method(settings.bound), settings.n

        def certifies(k: int) -> bool:
            votes = Votes(counts=(k, n - k))
            bounds = method.at(votes, top=0, alpha=settings.alpha, n_plan=n)
            region = region_of(settings.scheme, bounds)
            return region is not None and region.contains({"radius": RADIUS})

        low, high = n // 2, n
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if certifies(middle) else (middle, high)
        return cls(n, high)

    def after(self, k: int, drawn: int) -> bool | None:
        """Whether n votes certify, of which ``k`` of the first ``drawn`` are for the class.

        None while neither is sure: the class's probability lies beyond an anytime bound with
        probability RISK / 2 at most, and where it does not, the votes that are left decide
        otherwise with no more.
        """
        rest, missing = self.n - drawn, self.needed - k
        if missing <= 0:
            return True
        if missing > rest:
            return False
        least, most = (bound(k, drawn, RISK / 2) for bound in (eprocess.lower, eprocess.upper))
        if binom.cdf(missing - 1, rest, least) <= RISK / 2:
            return True
        return False if binom.sf(missing - 1, rest, most) <= RISK / 2 else None


def fixed_run(classifier: Classifier, given: FittedInput, prepared: PreparedModel) -> list[int]:
    """Votes for the class, block by block, until what all n decide is known."""
    settings, votes = settings_of(target=False), list[int]()
    decision = FixedDecision.of(settings)
    run = certify(classifier, given, settings, execution=Execution(device="cpu"), prepared=prepared)
    for snapshot in run:
        size = block_size(settings.n)
        for block in snapshot.blocks[len(votes) :]:
            if block.n == size:
                votes.append(block.counts.get(snapshot.top or 0, 0))
        if votes and decision.after(sum(votes), size * len(votes)) is not None:
            run.close()
            break
    return votes


def target_n(votes: Sequence[int]) -> tuple[int, str]:
    """Where a run with the target ends on some votes per block, and why.

    Raises:
        ValueError: they do not decide it.
    """
    settings = settings_of(target=True)
    target = Target.of(settings)
    assert target is not None
    claims = Claims(settings, bound_method(settings.bound), Slack(0.0))
    k = drawn = 0
    for block in votes:
        k, drawn = k + block, drawn + block_size(settings.n)
        ends = Votes(counts=(k, drawn - k))
        claims.add([ends], 0)
        verdict = target.verdict(ends, 0, claims.now(ends, 0))
        if verdict is not None:
            return drawn, verdict
    if drawn < settings.n:
        raise ValueError(f"{drawn:,} votes do not decide the target")
    return drawn, "planned n reached"


def measured(classifier: Classifier, spec: str, prepared: PreparedModel) -> dict[str, Any]:
    """Both runs of one image."""
    given = fitted(classifier, load_input(spec))
    run = certify(
        classifier,
        given,
        settings_of(target=True),
        execution=Execution(device="cpu"),
        prepared=prepared,
    )
    found = result_of(run)
    return {
        "image": given.identity.pixels_sha256[:16],
        "label": given.identity.label,
        "class": found.votes.guess,
        "n": sum(found.votes.estimation),
        "reason": found.stop_reason,
        "certified": found.region is not None and found.region.contains({"radius": RADIUS}),
        "votes": fixed_run(classifier, given, prepared),
    }


def summary(lines: Sequence[dict[str, Any]]) -> dict[str, float]:
    """What some images come to: decisions that agree, and samples of either."""
    settings = settings_of(target=False)
    decision, size = FixedDecision.of(settings), block_size(settings.n)
    alike = 0
    for line in lines:
        drawn = size * len(line["votes"])
        alike += decision.after(sum(line["votes"]), drawn) is line["certified"]
    used = sum(line["n"] for line in lines) + settings.n0 * len(lines)
    fixed = (settings.n + settings.n0) * len(lines)
    return {
        "images": len(lines),
        "alike": alike,
        "samples": used,
        "fixed": fixed,
        "times": fixed / max(1, used),
    }


def main() -> None:
    """Certify what is not in the file yet, and say what all of it comes to."""
    parser = argparse.ArgumentParser(prog="python -m bench.target")
    parser.add_argument("images", help="a folder of CIFAR-10's test images, a folder per class")
    parser.add_argument("--inputs", type=int, default=200, help="images, spread over the folder")
    parser.add_argument("--out", type=Path, default=Path("out/target.jsonl"))
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.touch()
    lines = [json.loads(line) for line in options.out.read_text().splitlines()]
    classifier = load_model(ModelRequest(MODEL))
    prepared = PreparedModel(classifier)
    specs = list(spread(list(expand(options.images)), options.inputs))
    with options.out.open("a") as out:
        for spec in specs[len(lines) :]:
            lines.append(measured(classifier, spec, prepared))
            out.write(json.dumps(lines[-1]) + "\n")
            out.flush()
    found = summary(lines)
    print(
        f"{found['alike']:.0f} of {found['images']:.0f} images are decided alike, with "
        f"{found['samples']:,.0f} samples instead of {found['fixed']:,.0f}: "
        f"{found['times']:.1f} times fewer"
    )


if __name__ == "__main__":
    main()
