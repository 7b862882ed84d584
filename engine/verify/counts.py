"""The first level: everything that follows from the counts, worked out again. No torch.

Every number a CERTIFY or PREDICT run claims is a function of its votes, its settings and the
digests of model and input; each check works one group of them out anew and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from engine.bounds import bound_method
from engine.core.errors import UserError
from engine.core.nouns import of_any_kind
from engine.core.records import Votes
from engine.core.rounding import p_value_in_words
from engine.evidence.evidence import ChainRecord, Evidence, TransferRecord
from engine.evidence.settings import Counting, PredictSettings
from engine.evidence.tries import claim_alone
from engine.evidence.upgrade import as_said_then
from engine.evidence.vote_chain import (
    MIN_BLOCK,
    added,
    block_length,
    block_size,
    chain_facts,
    chain_starts,
    first_broken,
    full_blocks,
    misfit,
    total,
)
from engine.noise.records import SelfTest
from engine.noise.statistical_tests import restated, uniform_law
from engine.procedures.bound_trajectory import Claims, Slack
from engine.procedures.hypothesis_test import predict_facts
from engine.procedures.noise_record import distance, noise_record, on_input
from engine.procedures.oracle_correction import transfer_of
from engine.procedures.outcome import certify_facts
from engine.procedures.run_key import run_key
from engine.procedures.target import Target
from engine.regions import Abstention
from engine.verify.age import check_age
from engine.verify.answers import check_answers, check_function
from engine.verify.attacks import ATTACK, check_attack
from engine.verify.compare import differences
from engine.verify.encrypted import check_encrypted, is_served
from engine.verify.outputs import check_outputs
from engine.verify.parts import check_denoiser, check_members, check_parts
from engine.verify.report import Claim, Unchecked
from engine.verify.scope import of_others, unfit
from engine.verify.scores import scores_of_the_bound
from engine.verify.self_test import failed, left_out

MOST_WORK = 2 * 10**8
"""Classes times blocks; a file that declares more is not worked through."""
MOST_BLOCKS = 10**5

_GENERATOR_LAW = uniform_law().name
_OVER_N = ("trajectory",)
_REGION = ("region", "radius")
_OUTCOME = ("outcome", "complete", "predicted_class", "class_name")
_TARGETS = ("target certified", "target out of reach")


def check_counts(recount: Recount) -> list[Claim]:
    """One claim for each group of numbers."""
    claims = [_checked(name, check) for name, check in recount.foundations()]
    if all(claim.verdict == "holds" for claim in claims):
        return claims + [_checked(name, check) for name, check in recount.conclusions()]
    broken = next(claim.name for claim in claims if claim.verdict != "holds")
    reason = f"its foundation ({broken}) does not hold"
    open_ = (name for name, _ in recount.conclusions())
    return claims + [Claim(name=n, verdict="cannot be checked", detail=reason) for n in open_]


Check = Callable[[], list[str]]
"""Clauses that say what is wrong; none if the claim holds."""


def _checked(name: str, check: Check) -> Claim:
    try:
        wrong = check()
    except Unchecked as reason:
        return Claim(name=name, verdict="cannot be checked", detail=str(reason))
    except UserError as error:
        wrong = [str(error)]
    except (ArithmeticError, ValueError, LookupError, TypeError, AttributeError) as error:
        wrong = [f"its numbers cannot be worked with: {type(error).__name__}"]
    if wrong:
        return Claim(name=name, verdict="does not hold", detail="; ".join(wrong))
    return Claim(name=name, verdict="holds")


class Recount:
    """A run worked out again from its votes."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.settings = evidence.settings
        self.certifying = self.settings.kind != "predict"
        self.selection, self.estimation = evidence.selection, evidence.estimation
        self.classes = len(evidence.model.class_names)

    @property
    def most_votes(self) -> int:
        """Estimation votes that the run may hold."""
        return self.settings.n

    def foundations(self) -> Iterator[tuple[str, Check]]:
        """What everything else rests on."""
        yield "votes add up", self._votes
        yield "age of the record", lambda: check_age(self.evidence)
        model = self.evidence.model
        if model.parts or model.in_memory or model.generation is not None:
            yield "model and its parts", lambda: check_parts(model)
        if model.part("denoiser") is not None:
            yield "time step of the denoiser", lambda: check_denoiser(self.evidence)
        measured = self.settings.kind == "measure"
        if measured or model.outputs is not None:
            yield "outputs and their classes", lambda: check_outputs(model, measured=measured)
        if self.evidence.model.generation is not None or self.evidence.answers:
            yield "answers and oracle", lambda: check_answers(self.evidence)
        if self.evidence.ensemble is not None or model.part("rule") is not None:
            yield "votes of the members", lambda: check_members(self.evidence)
        if self.evidence.encrypted is not None or is_served(self.evidence):
            yield "encrypted inference", lambda: check_encrypted(self.evidence)
        yield "noise key and generator", self._noise
        if self.evidence.function_check is not None:
            yield "base classifier asked again", lambda: check_function(self.evidence)
        if self.certifying or self.evidence.chain is not None:
            yield "hash chain of the votes", self._chain

    def conclusions(self) -> Iterator[tuple[str, Check]]:
        """What follows from the votes."""
        if self.certifying:
            yield "bounds", lambda: self._differences("bounds")
            yield "bounds over n", lambda: self._differences(*_OVER_N)
            yield "certified region", lambda: self._differences(*_REGION)
            yield "perturbations asked for", self._asked
        else:
            yield "p-value", lambda: self._differences("test")
        yield "outcome", lambda: self._differences(*_OUTCOME)
        yield "abstention", lambda: self._differences("abstention")
        yield "statement", lambda: self._differences("statement")
        yield "end of the run", self._ended
        if self.evidence.attack is not None:
            yield ATTACK, lambda: check_attack(self.evidence, self.facts["region"])
        if self.evidence.transfer is not None:
            yield "true class", self._transferred

    @property
    def counting(self) -> Counting:
        """The settings of CERTIFY."""
        if not isinstance(self.settings, Counting):
            raise UserError(f"a {self.settings.kind} run bounds no class along n")
        return self.settings

    @cached_property
    def key(self) -> int:
        """The noise key."""
        return run_key(
            self.settings,
            model_sha256=self.evidence.model.sha256,
            pixels_sha256=self.evidence.input.pixels_sha256,
        )

    @cached_property
    def slack(self) -> float:
        """What the distance of exact noise from its law costs the bounds."""
        return distance(self.settings, self.evidence.input.elements)

    @cached_property
    def claims(self) -> Claims:
        """The declared bound at every block end."""
        settings = self.counting
        slack = Slack(self.slack)
        claims = Claims(settings, bound_method(settings.bound), slack, self.evidence.facts)
        claims.begin(self.selection)
        chain, top = self.evidence.chain, self.evidence.votes.guess
        if chain is not None and top is not None:
            claims.replay(full_blocks(chain.blocks, chain.block), top, self.classes)
        return claims

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Everything that follows from the votes."""
        names = self.evidence.model.class_names
        if not isinstance(self.settings, PredictSettings):
            return certify_facts(
                settings=self.counting,
                selection=self.selection,
                estimation=self.estimation,
                top=self.evidence.votes.guess,
                claims=self.claims,
                class_names=names,
                given=self.evidence.input,
                facts=self.evidence.facts,
                then=self.evidence.region is not None,
                served=self.evidence.encrypted is not None,
            )
        found = predict_facts(
            settings=self.settings,
            votes=self.estimation,
            class_names=names,
            given=self.evidence.input,
        )
        return {**found, "region": None, "radius": None, "bounds": None, "trajectory": ()}

    def _differences(self, *fields: str) -> list[str]:
        recorded = {name: getattr(self.evidence, name) for name in fields}
        if "statement" in recorded:
            recorded["statement"] = claim_alone(self.evidence)
        again = {name: self.facts.get(name) for name in fields}
        wrong: list[str] = []
        for name in fields:
            wrong += differences(recorded[name], self._then(recorded[name], again[name]), name)
        return wrong

    def _then(self, recorded: Any, again: Any) -> Any:
        """A sentence in the words of the file's time, where it is not in those of today."""
        if recorded == again and self.evidence.upgraded_from is None:
            return again
        if isinstance(again, str) and recorded == of_any_kind(again):
            return recorded
        if isinstance(again, str):
            return as_said_then(again, self.evidence)
        if isinstance(again, Abstention) and (test := self.facts.get("test")) is not None:
            # programs before rounded a p-value to the nearest of two digits
            value = test.p_value
            former = again.sentence.replace(f"of {p_value_in_words(value)} >", f"of {value:.2g} >")
            if recorded is not None and recorded.sentence == as_said_then(former, self.evidence):
                return recorded
        for record, field in ((Abstention, "sentence"), (TransferRecord, "statement")):
            if isinstance(again, record):
                sentence = as_said_then(getattr(again, field), self.evidence)
                return again.model_copy(update={field: sentence})
        return again

    def _votes(self) -> list[str]:
        wrong = []
        first, votes = self.selection, self.estimation
        lengths = {len(first.counts), len(votes.counts), self.classes}
        if lengths != {self.classes} or not self.classes:
            return ["there is not one count per class"]
        if min(*first.counts, first.failures, *votes.counts, votes.failures) < 0:
            return ["a count is negative"]
        wrong += scores_of_the_bound(self.evidence)
        if votes.n > self.most_votes:
            wrong.append(f"{votes.n:,} votes are more than {self.most_votes:,}")
        wrong += of_others(self.evidence) + unfit(self.evidence)
        return wrong + (self._selection() if self.certifying else self._predicting())

    def _selection(self) -> list[str]:
        first, n0, guess = self.selection, self.settings.n0, self.evidence.votes.guess
        if self.evidence.test is not None or self.evidence.decision is not None:
            return ["CERTIFY has neither a binomial test nor phases"]
        if first.n != n0 and (self.estimation.n or guess is not None or first.n > n0):
            return [f"{first.n:,} votes chose the class, not n0 = {n0:,}"]
        chosen = self.claims.top(first) if first.n == n0 else None
        if guess != chosen:
            return [f"the chosen class is {guess}, the selection votes name {chosen}"]
        return []

    def _predicting(self) -> list[str]:
        found = self.evidence
        extra = (found.votes.guess, found.certified_at or None, found.decision)
        if self.selection.n or any(part is not None for part in extra):
            return ["PREDICT has neither selection votes nor phases"]
        differing = self._differences("bounds", "trajectory", "region", "radius")
        return ["PREDICT has neither bounds nor a region"] if differing else []

    def _noise(self) -> list[str]:
        stated = self.evidence.noise.self_test
        given = self.evidence.input
        wrong: list[str] = []
        # programs before named the units of every kind of input in the noise of stumps
        for settings in (on_input(self.settings, given), self.settings):
            again = noise_record(settings, key=self.key, elements=given.elements)
            again = again.model_copy(update={"self_test": restated(stated) if stated else None})
            wrong = differences(self.evidence.noise, again, "noise")
            if not wrong:
                break
        return wrong or failed(stated) or self._tested(stated)

    def _tested(self, stated: SelfTest | None) -> list[str]:
        """The noise was tested, and against the law that the settings name."""
        law = self.settings.law
        if stated is None:
            # Programs before schema 2.0 had runs without a test.
            due = law.arithmetic != "enumerated" and self.evidence.upgraded_from is None
            return ["its noise was not tested"] if due else []
        known = {_GENERATOR_LAW, *(probe.stated.name for probe in law.probes())}
        others = [one.law for one in stated.statistics if one.law not in known]
        if others:
            return [f"its noise was tested for another law: {others[0]}"]
        gone = left_out(stated, law) if self.evidence.upgraded_from is None else []
        return [f"a part of the test of its noise is not there: {gone[0]}"] if gone else []

    def _chain(self) -> list[str]:
        chain = self.evidence.chain
        if chain is None:
            counted = self.estimation.n or self.evidence.votes.guess is not None
            return ["there is no chain for its votes"] if counted else []
        many = len(chain.blocks) > MOST_BLOCKS
        if many or len(chain.blocks) * self.classes > MOST_WORK:
            raise Unchecked(f"it has {len(chain.blocks):,} blocks of {self.classes:,} classes")
        facts = chain_facts(
            self.settings,
            model=self.evidence.model,
            pixels_sha256=self.evidence.input.pixels_sha256,
            key=self.key,
            selection=self.selection,
        )
        if chain.start not in chain_starts(facts):
            return ["its start is not over this model, input, settings, key and selection votes"]
        broken = first_broken(chain.start, chain.blocks)
        if broken is not None:
            return [f"block {broken} does not follow from the blocks before it"]
        return self._blocks(chain)

    def _blocks(self, chain: ChainRecord) -> list[str]:
        last = chain.blocks[-1] if chain.blocks else None
        if chain.head != (last.hash if last else chain.start):
            return ["its head is not the hash of its last block"]
        extendable = self.certifying and bound_method(self.settings.bound).extendable
        largest = block_size(self.settings.n)  # of a run that was extended, planned for fewer votes
        if not (MIN_BLOCK if extendable else largest) <= chain.block <= largest:
            return [f"blocks of {chain.block:,} are not those of n = {self.settings.n:,}"]
        other = misfit(chain.blocks, chain.block)
        if other is not None:
            length = block_length(chain.block, other)
            return [f"block {other} holds {chain.blocks[other].n:,} votes and not {length:,}"]
        if any(not 0 <= index < self.classes for block in chain.blocks for index in block.counts):
            return ["a block counts a class that the model does not have"]
        same = total(chain.blocks, self.classes) == self.estimation
        return [] if same else ["its blocks do not add up to the estimation votes"]

    def _asked(self) -> list[str]:
        region, scheme = self.facts["region"], self.settings.scheme
        again = {
            text: region is not None and region.contains(scheme.parse_at(text))
            for text in self.evidence.certified_at
        }
        return differences(self.evidence.certified_at, again, "certified_at")

    def _transferred(self) -> list[str]:
        """The claim about the true class follows from the bounds and the labels."""
        stated = self.evidence.transfer
        if stated is None:
            return []
        again = transfer_of(self.evidence, stated.audit, stated.alpha_audit)
        bounds, about = self.evidence.bounds, stated.audit.about
        if about and bounds and about != self.evidence.model.class_names[bounds.top]:
            return [f"its labels are about '{about}', not about the class that is bounded"]
        return differences(stated, self._then(stated, again), "transfer")

    def _ended(self) -> list[str]:
        reason = self.evidence.stop_reason
        if (reason == "planned n reached") != (self.estimation.n == self.settings.n):
            return [f"'{reason}' does not fit {self.estimation.n:,} votes"]
        try:
            target = Target.of(self.counting) if self.certifying else None
        except UserError as error:
            return [f"no run has this target: {error}"]
        if reason in _TARGETS and reason not in self._verdicts(target):
            return [f"'{reason}' does not follow from the votes at any block's end"]
        return []

    def _verdicts(self, target: Target | None) -> set[str | None]:
        chain, top = self.evidence.chain, self.evidence.votes.guess
        if target is None or chain is None or top is None:
            return set()
        claims = Claims(self.counting, bound_method(self.settings.bound), Slack(self.slack))
        votes, found = Votes(counts=(0,) * self.classes), set[str | None]()
        for block in chain.blocks:
            votes = added(votes, block)
            claims.add([votes], top)
            found.add(target.verdict(votes, top, claims.now(votes, top), self.evidence.facts))
        return found
