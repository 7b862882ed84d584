"""Samples that a target saves beside a fixed n, and whether both decide alike.

``python -m bench.target IMAGES`` draws the votes of images of a folder, or of a shipped set with
its model (``digits --model demo:digits-0.25``), and works out two decisions about "radius >= 0.25"
from them: that of ``--target radius=0.25``, which stops at a block end, and that of a fixed n =
100,000 under Clopper-Pearson. Both runs have the same seed, so the votes of one are the first votes
of the other. ``--out`` keeps them, and the next call goes on where it ends.

What the fixed run decides is known before its last vote: once enough of them are for the class, or
too many are not, or the rest would have to turn out as it does with probability RISK at most
(:class:`FixedDecision`). Votes are drawn until both decisions are known, of all images a little
first; one that is not decided yet counts as decided otherwise.
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
RISK = 1e-5
"""Chance that a fixed run would decide otherwise than is said of it before its end."""
STAGES = (1_000, 4_000, 100_000)
"""So many votes of all images first; of those that are still open then, the clearest first."""


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


def votes_of(
    classifier: Classifier, given: FittedInput, prepared: PreparedModel, most: int
) -> list[int]:
    """Votes for the class, block by block, until both decisions are known, or so many."""
    settings, votes = settings_of(target=False), list[int]()
    size = block_size(settings.n)
    execution = Execution(device="cpu")
    run = certify(classifier, given, settings, execution=execution, prepared=prepared)
    for snapshot in run:
        for block in snapshot.blocks[len(votes) :]:
            if block.n == size:
                votes.append(block.counts.get(snapshot.top or 0, 0))
        if size * len(votes) >= most or None not in decisions(votes):
            run.close()
            break
    return votes


def target_n(votes: Sequence[int]) -> tuple[int, str] | None:
    """Where a run with the target ends on some votes per block, and why; None for too few."""
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
    return (drawn, "planned n reached") if drawn == settings.n else None


def decisions(votes: Sequence[int]) -> tuple[bool | None, bool | None]:
    """Whether the radius is certified, by a run with the target and by one of the fixed n.

    None where too few votes tell.
    """
    settings = settings_of(target=False)
    found, drawn = target_n(votes), block_size(settings.n) * len(votes)
    fixed = FixedDecision.of(settings).after(sum(votes), drawn) if drawn else None
    return None if found is None else found[1] == "target certified", fixed


@dataclass(frozen=True)
class Outcome:
    """What some images come to.

    Attributes:
        images: how many there are.
        alike: decided alike; those that are not decided yet are none of them.
        undecided: by one of the runs, too few votes being drawn.
        samples: that the target takes, selection included; where it is undecided all n.
        fixed: that the fixed runs take.
    """

    images: int
    alike: int
    undecided: int
    samples: int
    fixed: int

    @classmethod
    def of(cls, votes: Sequence[Sequence[int]]) -> Outcome:
        """From the votes of each image."""
        settings = settings_of(target=False)
        alike = undecided = samples = 0
        for each in votes:
            found, (early, fixed) = target_n(each), decisions(each)
            undecided += early is None or fixed is None
            alike += early is not None and early is fixed
            samples += settings.n0 + (found[0] if found else settings.n)
        every = settings.n + settings.n0
        return cls(len(votes), alike, undecided, samples, every * len(votes))

    def in_words(self) -> str:
        """In a sentence."""
        return (
            f"{self.alike} of {self.images} images are decided alike ({self.undecided} are not "
            f"decided yet), with {self.samples:,} samples instead of {self.fixed:,}: "
            f"{self.fixed / max(1, self.samples):.1f} times fewer"
        )


def measure(images: str, count: int, path: Path, model: str = MODEL) -> list[dict[str, Any]]:
    """The votes of so many images, kept at ``path`` as they come."""
    classifier = load_model(ModelRequest(model))
    prepared = PreparedModel(classifier)
    decision = FixedDecision.of(settings_of(target=False))
    size = block_size(decision.n)
    specs = list(spread(list(expand(images)), count))
    given = [fitted(classifier, load_input(spec)) for spec in specs]
    known: dict[str, dict[str, Any]] = {}
    if path.exists():
        known = {one["image"]: one for one in json.loads(path.read_text())["images"]}

    def votes(one: FittedInput) -> list[int]:
        found: list[int] = known.get(_name(one), {}).get("votes", [])
        return found

    def clear(one: FittedInput) -> float:
        """How far the share of votes is from what decides."""
        drawn = size * len(votes(one))
        return abs(sum(votes(one)) / drawn - decision.needed / decision.n) if drawn else 1.0

    for most in STAGES:
        for one in sorted(given, key=clear, reverse=True):
            if size * len(votes(one)) >= most or None not in decisions(votes(one)):
                continue
            found = votes_of(classifier, one, prepared, most)
            label = one.identity.label
            known[_name(one)] = {"image": _name(one), "label": label, "votes": found}
            path.write_text(json.dumps({"block": size, "images": list(known.values())}))
    return list(known.values())


def _name(given: FittedInput) -> str:
    return given.identity.pixels_sha256[:16]


def main() -> None:
    """Draw what is not in the file yet, and say what all of it comes to."""
    parser = argparse.ArgumentParser(prog="python -m bench.target")
    parser.add_argument("images", help="a folder of CIFAR-10's test images, a folder per class")
    parser.add_argument("--model", default=MODEL, help="trained with sigma 0.25")
    parser.add_argument("--inputs", type=int, default=200, help="images, spread over the folder")
    parser.add_argument("--out", type=Path, default=Path("out/target.json"))
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    found = measure(options.images, options.inputs, options.out, options.model)
    print(Outcome.of([one["votes"] for one in found]).in_words())


if __name__ == "__main__":
    main()
