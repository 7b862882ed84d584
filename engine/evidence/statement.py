"""The claim in words. Every number in it is rounded in the direction that weakens the claim."""

from __future__ import annotations

from engine.core.nouns import of_kind
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.core.rounding import confidence_percent
from engine.core.scores import SOFT
from engine.evidence.evidence import Evidence
from engine.evidence.settings import PredictSettings, RunSettings
from engine.evidence.subject import headline_in, of_the_file, subject
from engine.regions import Abstention, Region

NO_FURTHER_ALPHA = "; extending this run to it costs no further alpha."
RESUMED = "; resuming this run reaches it at no further alpha."
NEW_TRY = "; that takes a new run, which is a new try."
"""How a sentence ends that advises more votes."""
MORE_NOISE = " More samples will not help; a model trained with this noise, or less noise, may."
NO_SCORES = (
    " {:,} of {:,} scores were NaN or infinite, or no answer came: look at the model's weights and "
    "normalisation, for more samples will not help."
)
"""Why no number of votes would certify: too many for others, or for none."""
SERVED = (
    "It is about the model that the server announced, and rests on its word that it computed that."
)
"""What a claim about encrypted answers adds: nothing shows what a server computes."""
SOFT_CLASSIFIER = (
    "The soft smoothed model predicts the class with the largest mean softmax score under the "
    "noise; that is another function than the vote of the classes, of which nothing is said."
)
"""What a claim under the soft bound adds."""
SCORES_ROUNDED = (
    "Scores are those of float32 arithmetic. Each counts rounded down to a multiple of 2^-16 and "
    "less one such unit, for what rounding may change from batch to batch."
)
"""How the sums that it rests on were taken."""
_VOTED = "the smoothed model's prediction"


def claimed(
    settings: RunSettings,
    region: Region,
    bounds: ProbabilityBounds,
    class_name: str,
    given: InputIdentity,
    *,
    early: str = "",
) -> str:
    """The claim of a run under its scheme, in its subject's and effect's words.

    Args:
        settings: of the run.
        region: what is certified.
        bounds: it rests on.
        class_name: of the certified class.
        given: the input, and how it was fitted to the model.
        early: what a run adds that ended before its planned n, or whose answers a server computed;
            empty for any other.
    """
    scheme = settings.scheme
    words = certified(
        region,
        bounds,
        class_name,
        subject(scheme, given),
        effect=scheme.effect(class_name),
        unchanged=scheme.unchanged(class_name),
        because=scheme.because_in_words() if scheme.computed else "",
        kind=given.kind,
    )
    soft = ""
    if settings.bound == SOFT:
        words, soft = (
            words.replace(_VOTED, _VOTED.replace("smoothed", "soft smoothed")),
            SOFT_CLASSIFIER,
        )
    exact = settings.law.arithmetic == "exact grid"
    file = of_the_file(settings, given, region) if region.holds_changes else ""
    return " ".join(filter(None, (words, soft, file, early, exact_grid() if exact else "")))


def certified(
    region: Region,
    bounds: ProbabilityBounds,
    class_name: str,
    subject: str,
    *,
    effect: str = "",
    unchanged: str = "",
    because: str = "",
    kind: str = "",
) -> str:
    """E.g. ``With confidence 99.9 %, no change of this image with l2 norm below 0.470 ...``.

    Args:
        region: what is certified.
        bounds: it rests on.
        class_name: of the certified class.
        subject: what was changed, e.g. ``image``.
        effect: what no change does, by the scheme; by default it changes the prediction.
        unchanged: what holds of the unchanged input, by the scheme, where no change is certified.
        because: what a computed claim rests on, by the scheme.
        kind: of the input, whose noun a count of entities has.
    """
    how = (
        f"With confidence {confidence_percent(bounds.alpha)} %"
        if bounds.alpha
        else f"Without any chance of error, since {because or _because(bounds)}"
    )
    if not region.holds_changes:
        holds = unchanged or f"the smoothed model's prediction is '{class_name}'"
        return f"{how}, {holds} for the unchanged {subject}; no change of it is certified."
    effect = effect or f"changes the smoothed model's prediction '{class_name}'"
    return f"{how}, {of_kind(region.clause(subject), kind)} {effect}."


def _because(bounds: ProbabilityBounds) -> str:
    """What an exact method rests on."""
    if bounds.method == "computed":
        return "the probability is computed and nothing rests on samples"
    return f"all {bounds.n:,} noise samples are counted"


def heuristic(
    settings: RunSettings, region: Region, class_name: str, given: InputIdentity, *, early: str = ""
) -> str:
    """What would hold if what is left open did, and that it is no certificate.

    Args:
        settings: of the run.
        region: what would be certified then.
        class_name: of the class that leads.
        given: the input.
        early: said of a run that was stopped.
    """
    scheme = settings.scheme
    what = region.clause(subject(scheme, given))
    said = (
        f"Heuristic, and nothing is certified: if interpolating twice changed nothing, {what} "
        f"{'would change' + scheme.effect(class_name).removeprefix('changes')}. How much it does "
        "change is not bounded, so that this is a number without a guarantee."
    )
    return " ".join(filter(None, (said, early)))


def exact_grid() -> str:
    """What exact noise adds to a certified statement."""
    return "It holds in exact arithmetic, for changed images with 8 bits per channel."


def abstained(abstention: Abstention) -> str:
    """The abstention as a sentence of its own."""
    return f"Nothing is certified: {abstention.sentence}"


def predicted(settings: PredictSettings, class_name: str, given: InputIdentity) -> str:
    """PREDICT's claim: the returned class is the one most probable under the noise."""
    scheme = settings.scheme
    claim = f"{scheme.predicted_in_words()} for this {subject(scheme, given)} is '{class_name}'."
    return f"With confidence {confidence_percent(settings.alpha)} %, {claim}"


def partial(n: int, n_plan: int, *, valid: bool) -> str:
    """What a stopped run adds to its statement."""
    sense = "the bound is valid at any stop" if valid else "the declared bound makes no claim here"
    return f"Stopped after {n:,} of {n_plan:,} votes; {sense}."


def nothing_to_plan(settings: RunSettings) -> str:
    """Why no n can be planned for a run of these settings; empty where one can."""
    if settings.kind == "exact" and settings.scheme.computed:
        return (
            f"There is nothing to plan for {settings.scheme.key}: its claim is computed from the "
            "model, and no number of samples changes it."
        )
    if settings.kind == "exact":
        return (
            f"There is nothing to plan for {settings.scheme.key}: its noise has {settings.n:,} "
            "samples and a run counts all of them."
        )
    if settings.kind == "sweep":
        return (
            f"There is nothing to plan for {settings.scheme.key} without a model and an image: how "
            "many anchors it takes depends on the image, and each anchor stops by itself."
        )
    if settings.bound == SOFT:
        return (
            "There is nothing to plan under the soft bound, which depends on the mean and variance "
            "of scores and not on votes: an abstention says about how many samples would certify."
        )
    return ""


def headline_of(evidence: Evidence) -> str:
    """What a result states in numbers, or as a class; empty where it states nothing."""
    if evidence.outcome == "predicted":
        return f"'{evidence.class_name}'"
    if evidence.intervals:
        bounded = sum(one.bounded for one in evidence.intervals)
        return f"{bounded} of {len(evidence.intervals)} outputs bounded"
    if evidence.outcome == "heuristic" and evidence.bounds is not None:
        guess = evidence.settings.scheme.heuristic(evidence.bounds)
        return f"heuristic: {guess.headline()}" if guess is not None else ""
    return headline_in(evidence.region, evidence.input) if evidence.region else ""
