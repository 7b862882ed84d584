"""What a run in the plane claims, in words, beside what is true."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.core.rounding import exact, round_down, round_up
from gui.playground.experiment import Experiment
from gui.style.theme import set_role
from gui.widgets.layouts import filled
from gui.widgets.section import say, words


class Readout(QWidget):
    """The radius, the claim, the truth by quadrature, and what an attacker came to.

    Args:
        experiment: whose run it is.
        brief: the claim alone.
    """

    def __init__(self, experiment: Experiment, *, brief: bool = False) -> None:
        super().__init__()
        self._experiment = experiment
        self.headline = words(role="headline", name="Certified radius")
        self.claim = words(role="certified", name="Claim")
        self.truth = words(role="muted", name="Truth")
        self.attack = words(name="Attack")
        filled(QVBoxLayout(self), self.headline, self.claim, self.truth, self.attack, spacing=6)
        for label in (self.headline, self.truth):
            label.setVisible(not brief)
        experiment.stood.connect(self.follow)
        self.follow()

    @Slot()
    def follow(self) -> None:
        """Say where the run stands."""
        one = self._experiment
        claimed = one.claimed
        self.headline.setText(
            f"R = {round_down(claimed.radius, 3)}" if claimed is not None else "no claim"
        )
        role, sentence = self._claim()
        set_role(self.claim, role)
        self.claim.setText(sentence)
        self.truth.setText(truth_in_words(one))
        say(self.attack, attack_in_words(one))

    def _claim(self) -> tuple[str, str]:
        one, now = self._experiment, self._experiment.standing
        plan, n = one.plan, now.estimation.n
        if now.bounds is None:
            return "muted", f"The first {plan.n0:,} votes choose the class."
        name = one.plane.names[now.bounds.top]
        facts = f"n = {n:,}, sigma {exact(plan.sigma)}, alpha {exact(plan.alpha)}, {plan.bound}"
        if one.refuted_here:
            return "danger", f"Withdrawn: an attack contradicts it ({facts}; try {one.runs:,})."
        if one.claimed is not None:
            radius = round_down(one.claimed.radius, 3)
            moved = (
                f"wherever the point is moved by an {one.claimed.norm} distance below {radius}"
                if one.shifted is None
                else f"after every shift by whole pixels of l2 norm below {radius}, wrapped around"
            )
            return "certified", f"g predicts '{name}' {moved} ({facts}; try {one.runs:,})."
        if not now.bounds.valid:
            return "provisional", (
                f"Provisional: the {plan.bound} bound claims nothing before n = {plan.n:,} "
                f"({n:,} so far)."
            )
        if now.abstention is not None:
            return "abstained", f"Abstains: {now.abstention.sentence}"
        return "abstained", f"Nothing is certified yet: p lower is not above 1/2 ({facts})."


def truth_in_words(one: Experiment) -> str:
    """What quadrature says at the point."""
    found, names = one.exact, one.plane.names
    p = found.probabilities[found.top]
    truth = f"In truth (by quadrature) '{names[found.top]}' has p = {round_down(p, 4)}"
    if found.region is None:
        return f"{truth}, no majority: no n would certify."
    limit = round_down(found.region.radius, 3)
    return f"{truth}: no number of votes certifies more than {limit} (dashed)."


def attack_in_words(one: Experiment) -> str:
    """What the last push came to, and how many there were."""
    pushed = one.pushed
    if pushed is None:
        return ""
    names, size = one.plane.names, round_up(pushed.size, 3)
    what = f"Pushed by {size}: g says '{names[pushed.after]}'"
    if pushed.refutes:
        return (
            f"{what}, inside the claimed region. This claim is false, as a share of at most alpha "
            f"of all claims may be. {_tries(one)}"
        )
    where = "inside" if pushed.inside else "outside"
    outcome = "the class changed" if pushed.crossed else "the class stays"
    return f"{what}, {outcome}, {where} the claimed region. {_tries(one)}"


def _tries(one: Experiment) -> str:
    places = f"{one.pushes:,} place{'s' * (one.pushes != 1)} tried"
    return f"{places}, {one.refuted:,} refuted a claim."
