"""The snapshots of a run that has ended, made again from its recorded blocks. No torch.

Nothing is sampled: votes, bounds and regions are those that held at the ends of the blocks.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.bounds import bound_method
from engine.core.records import Votes
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting, SweepSettings
from engine.evidence.snapshot import Snapshot
from engine.evidence.vote_chain import added, total
from engine.planning.sweep_outcome import SweepVotes
from engine.procedures.bound_trajectory import Claims, Slack, region_of


def can_be_played(evidence: Evidence | None) -> bool:
    """Whether a run has recorded blocks: CERTIFY has, where its selection was complete."""
    return (
        evidence is not None
        and evidence.procedure == "certify"
        and evidence.chain is not None
        and bool(evidence.chain.blocks)
        and evidence.votes.guess is not None
    )


def played(evidence: Evidence) -> tuple[Snapshot, ...]:
    """The run after its selection, and at the end of every block; nothing if it has none.

    A map of a network has no region before its end: the record does not say in which order its
    cells were bounded, and the votes beside it are no part of it.
    """
    chain, top, settings = evidence.chain, evidence.votes.guess, evidence.settings
    if not can_be_played(evidence) or chain is None or top is None:
        return ()
    assert isinstance(settings, Counting)
    votes = Votes(counts=(0,) * len(evidence.model.class_names))
    slack = Slack(evidence.noise.total_variation)
    claims = Claims(settings, bound_method(settings.bound), slack, evidence.facts)
    claims.begin(evidence.selection)
    shared = Snapshot(
        run_id=evidence.run_id,
        settings=settings,
        phase="selection",
        selection=evidence.selection,
        estimation=votes,
        facts=evidence.facts,
        n_done=evidence.selection.n,
        n0_plan=settings.n0,
        n_plan=settings.n,
    )
    if isinstance(settings, SweepSettings):
        return (shared, *_swept(evidence, settings, shared, top))
    frames = [shared]
    mapped = settings.scheme.mapped
    for i, block in enumerate(chain.blocks, start=1):
        votes = added(votes, block)
        claims.add([votes], top)
        bounds = claims.now(votes, top)
        known = not mapped or i == len(chain.blocks)
        changed = {
            "phase": "estimation",
            "estimation": votes,
            "top": top,
            "bounds": bounds,
            "region": region_of(settings.scheme, bounds, evidence.facts) if known else None,
            "trajectory": claims.points(votes, bounds),
            "blocks": chain.blocks[:i],
            "n_done": evidence.selection.n + votes.n,
        }
        frames.append(shared.model_copy(update=changed))
    return tuple(frames)


def _swept(
    evidence: Evidence, settings: SweepSettings, shared: Snapshot, top: int
) -> Iterator[Snapshot]:
    """A sweep after each of its anchors; what was given up is known at its end."""
    classes, blocks = (
        len(evidence.model.class_names),
        evidence.chain.blocks if evidence.chain else (),
    )
    votes, swept = Votes(counts=(0,) * classes), SweepVotes(settings, top)
    for i, (block, anchor) in enumerate(zip(blocks, evidence.anchors, strict=True), start=1):
        votes = added(votes, block)
        swept.add(anchor, total((block,), classes))
        done = i == len(blocks) and evidence.complete
        region, bounds = swept.region(swept.given_up() if done else ()) or (None, None)
        changed = {
            "phase": "estimation",
            "estimation": votes,
            "top": top,
            "bounds": bounds,
            "region": region,
            "blocks": blocks[:i],
            "anchors": evidence.anchors[:i],
            "n_done": evidence.selection.n + votes.n,
            "n_plan": evidence.n_plan,
        }
        yield shared.model_copy(update=changed)
