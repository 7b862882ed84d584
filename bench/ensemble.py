"""``python -m bench.ensemble``: what making one answer of several costs beside the members' passes.

Processor time of one thread, in pairs: a pass of every member over a batch, and then what an
ensemble does with such scores, the tally of votes and leads included, on scores that are there
already. The difference of two whole passes would drown it, which is some hundred microseconds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import torch

from engine.models import ModelRequest, load_model
from engine.models.base import Classifier
from engine.models.ensemble import Ensemble
from engine.sampling.reducers import MemberTally

MODELS = {
    "digits x3": ("digits-0.25", "digits-0.25-b", "digits-0.25-c"),
    "CIFAR ResNet-20 x3": ("cifar10-0.25", "cifar10-0.50", "cifar10-rotation"),
}
BATCH = {"digits x3": 1024, "CIFAR ResNet-20 x3": 64}
_TURNS = 10


class Known(Classifier):
    """Gives the scores of a member that were worked out before."""

    def __init__(self, member: Classifier, batch: torch.Tensor) -> None:
        self.identity = member.identity
        self._known = member.scores(batch)

    def prepare(self, device: torch.device, precision: str) -> None:
        """Nothing to do."""

    def scores(self, batch: Any) -> torch.Tensor:
        """Those of before, whatever the batch."""
        del batch
        return self._known


@torch.inference_mode()
def cost(members: list[Classifier], batch: torch.Tensor, combine: str, rounds: int) -> list[float]:
    """Time beside the members' passes, as a share of these, of every round."""
    for each in members:
        each.prepare(torch.device("cpu"), "fp32")
    whole = Ensemble([Known(each, batch) for each in members], combine)

    def alone() -> None:
        for each in members:
            each.scores(batch)

    def together() -> None:
        for _ in range(_TURNS):
            tally = MemberTally(len(whole.identity.class_names), 0)
            whole.classify(batch)
            tally.add(whole.member_answers())
            tally.lead(whole.member_scores())

    for once in (alone, together):
        once()
    return [_timed(together) / _TURNS / _timed(alone) for _ in range(rounds)]


def _timed(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Measure and print both ensembles under every rule."""
    parser = argparse.ArgumentParser(prog="python -m bench.ensemble", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--only", choices=list(MODELS), help="one of both")
    given = parser.parse_args()
    torch.set_num_threads(1)
    for name, models in MODELS.items():
        if given.only not in (None, name):
            continue
        members = [load_model(ModelRequest(f"demo:{one}")) for one in models]
        batch = torch.rand(BATCH[name], *members[0].identity.input_shape)
        for combine in ("logits", "softmax", "votes"):
            shares = sorted(cost(members, batch, combine, given.rounds))
            low, high = shares[len(shares) // 4], shares[-1 - len(shares) // 4]
            print(
                f"{name}, {combine}: {median(shares):.2%} ({low:.2%} to {high:.2%}, "
                f"at most {shares[-1]:.2%})"
            )


if __name__ == "__main__":
    main()
