"""Counters for watching a model in use: decisions by day, verdicts by the case they judge; a line is taken once."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from feedback_store.journal import Line
from feedback_store.record import DecisionRecord, FeedbackRecord, ShadowOpinion, Withdrawal
from feedback_store.tally import nurse_key, read_decision, read_feedback
from triage_core.monitoring.drift import WATCHED, bin_of
from triage_core.quality import QualityGrade

RECENT_DECISIONS = 200  # enough for a 95th percentile
RECENT_VERDICTS = 5000  # ADWIN sees no further back
MOST_EVALUATIONS = 1000  # of one visit; a chain that bites its own tail ends
LATENCY_BINS_MS = (1, 2, 3, 5, 8, 13, 20, 30, 50, 80, 130, 200, 300, 500, 1000, 2000)


class Recent(NamedTuple):
    """One of the last decisions: how long it took and whether a model answered."""

    latency_ms: float
    has_model: bool


@dataclass
class DayOfDecisions:
    """What was decided on one UTC day. ``silent``: a model was there and abstained, too little being measured."""

    n: int = 0
    raised: int = 0
    silent: int = 0
    without_model: int = 0
    challenger_arm: int = 0
    latency: Counter[int] = field(default_factory=Counter)  # by the first bound that is not below
    features: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in WATCHED})

    def take(self, record: DecisionRecord) -> None:
        """Count one decision."""
        self.n += 1
        self.raised += record.raised_by_model
        self.without_model += not record.ml_available
        self.silent += record.ml_available and record.prediction_quality is QualityGrade.INSUFFICIENT
        self.challenger_arm += record.arm == "challenger"
        self.latency[_latency_bin(record.latency_ms)] += 1
        for name in WATCHED:
            self.features[name][bin_of(name, record.features[name])] += 1


class Outcome(NamedTuple):
    """One judged case that both models answered. Gaps: 1 the model was less urgent than the nurse, -1 more."""

    trial: str  # "" outside any experiment
    champion: str
    challenger: str
    arm: str
    champion_gap: int
    challenger_gap: int
    direction: int  # of her verdict on what was shown, by FRENCH level


class Verdict(NamedTuple):
    """One nurse's word on one case, with what it makes of it."""

    rank: int  # of the gravity she says
    outcome: Outcome


FindDecision = Callable[[str], DecisionRecord | None]
TrialAt = Callable[[datetime], str]


@dataclass
class WatchTally:
    """Everything the monitoring needs beside the statistics of the verdicts."""

    days: dict[str, DayOfDecisions] = field(default_factory=dict)
    recent: deque[Recent] = field(default_factory=lambda: deque(maxlen=RECENT_DECISIONS))
    errors: deque[bool] = field(default_factory=lambda: deque(maxlen=RECENT_VERDICTS))  # oldest first
    cases: dict[str, dict[str, Verdict]] = field(default_factory=dict)  # first decision of the visit, nurse
    outcomes: Counter[Outcome] = field(default_factory=Counter)

    def take_decision(self, line: Line) -> None:
        """Count one decision line; a damaged one is told by the statistics' own reading."""
        record = read_decision(line)
        if record is not None:
            day = record.timestamp.date().isoformat()
            self.days.setdefault(day, DayOfDecisions()).take(record)
            self.recent.append(Recent(record.latency_ms, record.ml_available))

    def take_feedback(self, line: Line, find: FindDecision, trial_at: TrialAt) -> None:
        """Count one verdict line; where both models answered its case, also what it says of each."""
        record = read_feedback(line)
        if isinstance(record, Withdrawal):
            self._take_back(record, find)
        if not isinstance(record, FeedbackRecord):
            return
        self.errors.append(record.direction != 0)
        decision = find(record.prediction_id)
        if decision is not None and decision.shadow is not None:
            verdict = _judge(record, decision, decision.shadow, trial_at(decision.timestamp))
            self.let_stand(_visit(decision, find), nurse_key(record.nurse_id), verdict)

    def let_stand(self, visit: str, nurse: str, verdict: Verdict) -> None:
        """Make this her word on the visit. Where nurses contradict each other the more urgent one counts, once."""
        said = self.cases.setdefault(visit, {})
        if said:
            self._count(most_urgent(said), -1)
        said[nurse] = verdict
        self._count(most_urgent(said), 1)

    def _take_back(self, record: Withdrawal, find: FindDecision) -> None:
        """Her word on the visit counts no more; what others said of it does."""
        decision = find(record.prediction_id)
        said = self.cases.get(_visit(decision, find), {}) if decision is not None else {}
        if nurse_key(record.nurse_id) not in said:
            return
        self._count(most_urgent(said), -1)
        del said[nurse_key(record.nurse_id)]
        if said:
            self._count(most_urgent(said), 1)

    def _count(self, verdict: Verdict, step: int) -> None:
        self.outcomes[verdict.outcome] += step
        if not self.outcomes[verdict.outcome]:
            del self.outcomes[verdict.outcome]


def most_urgent(said: dict[str, Verdict]) -> Verdict:
    """The verdict that counts for a case."""
    return max(said.values(), key=lambda verdict: verdict.rank)


def _visit(decision: DecisionRecord, find: FindDecision) -> str:
    """The first decision of the visit: its evaluations have one arm, so they count as one case."""
    first = decision
    for _ in range(MOST_EVALUATIONS):
        earlier = find(first.supersedes) if first.supersedes else None
        if earlier is None:
            break
        first = earlier
    return first.prediction_id


def _judge(record: FeedbackRecord, decision: DecisionRecord, shadow: ShadowOpinion, trial: str) -> Verdict:
    """By gravity: a model changes no level without changing the gravity, and every verdict names one."""
    shown, hidden = (decision.gravity_level, decision.model_version), (shadow.gravity_level, shadow.model_version)
    champion, challenger = (shown, hidden) if decision.arm == "champion" else (hidden, shown)
    truth = record.corrected_gravity.rank
    gaps = [_sign(truth - gravity.rank) for gravity, _ in (champion, challenger)]
    outcome = Outcome(trial, champion[1] or "", challenger[1] or "", decision.arm, gaps[0], gaps[1], record.direction)
    return Verdict(truth, outcome)


def _sign(gap: int) -> int:
    return (gap > 0) - (gap < 0)


def _latency_bin(latency_ms: float) -> int:
    return next((bound for bound in LATENCY_BINS_MS if latency_ms <= bound), LATENCY_BINS_MS[-1])
