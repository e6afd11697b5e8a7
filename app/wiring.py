"""The composition root: the one place where the rooms meet. Tests patch here and nowhere else."""

import gc
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal

from app.access.door import Access
from app.drafts import Drafts
from app.import_jobs import ImportJobs
from app.jobs import RetrainJobs
from app.logs import log_event
from app.protocols.library import ProtocolLibrary
from app.rivals import ChallengerFinder, case_of, is_assigned
from app.settings import Settings, load_settings
from app.shelf import ModelShelf
from feedback_store.access_log import AccessLog
from feedback_store.alert_log import AlertLog
from feedback_store.automatic import AutomaticRuns
from feedback_store.intake import received
from feedback_store.journals import Ledgers
from feedback_store.model_switch import ModelSwitch
from feedback_store.record import DecisionRecord, ShadowOpinion, features_of
from feedback_store.reviews import Reviews
from feedback_store.store import FeedbackStore, utc_now
from feedback_store.trials import TrialLog
from feedback_store.watching import Watching
from triage_core.decision import Decision
from triage_core.extraction.extract import extract
from triage_core.extraction.result import Extraction
from triage_core.model.challenger import Challenger
from triage_core.model.served import ServedModel
from triage_core.motifs.criteria import suggested
from triage_core.motifs.search import MotifSearch
from triage_core.motifs.silent import search_or_silence
from triage_core.patient import Patient
from triage_core.rules.catalog import RuleBook, load_rulebook
from triage_core.service import Judged, TriageService

PAUSE_S = 0.2  # between two pieces of a long verification
Source = Literal["ui", "api"]
_CALM_ADULT: Mapping[str, object] = {"age": 40, "sexe": "F", "constantes": {"frequence_cardiaque": 75}}


@dataclass(frozen=True)
class Typed:
    """How a patient was typed: for how many seconds, and which unusual values the nurse said were so."""

    seconds: float | None = None
    confirmed: tuple[str, ...] = ()


class Services:
    """Everything a page, a route or a command may ask for; each part is built when first asked."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.motif_fault: str | None = None  # why words are not recognised, once ``triage`` is built
        self._building = threading.RLock()

    @property
    def book(self) -> RuleBook:
        """The rules."""
        return self.triage.book

    @property
    def search(self) -> MotifSearch:
        """Words to motifs."""
        return self.triage.search

    @cached_property
    def triage(self) -> TriageService:
        """The one door to a decision; ``decide`` also writes it down."""
        with self._building:
            book = load_rulebook()
            search, self.motif_fault = search_or_silence(book)
            served = ServedModel(self.settings.models_dir)
            assigned, limit_s = is_assigned(self.trials), self.settings.model_timeout_ms / 1000
            return TriageService(book, search, served, self.challenger, assigned, self._silence, limit_s)

    def _silence(self) -> str | None:
        """Why no model may speak: an administrator turned it off."""
        off = self.model_switch.off()
        return None if off is None else f"turned off by {off.by}: {off.reason}"

    def served_version(self) -> str | None:
        """The model that may speak now; ``None`` when none can be trusted or an administrator turned it off."""
        predictor, _ = self.triage.model.current()
        return None if predictor is None or self.model_switch.off() else predictor.version

    @cached_property
    def model_switch(self) -> ModelSwitch:
        """The administrator's switch over the model."""
        return ModelSwitch(self.ledgers.switch, utc_now)

    @cached_property
    def access_log(self) -> AccessLog:
        """Who saw what."""
        return AccessLog(self.settings.data_dir, utc_now, self.settings.access_log_days)

    @cached_property
    def challenger(self) -> Challenger:
        """The model asked beside the served one: that of the running experiment, else the newest accepted."""
        return Challenger(ChallengerFinder(self.models, self.trials, self.settings.models_dir))

    @cached_property
    def trials(self) -> TrialLog:
        """Experiments that give a challenger a share of the visits."""
        return TrialLog(self.ledgers.trials, utc_now)

    @cached_property
    def alerts(self) -> AlertLog:
        """What is wrong now."""
        return AlertLog(self.ledgers.alerts, utc_now)

    @cached_property
    def automatic_runs(self) -> AutomaticRuns:
        """Training runs that started by themselves."""
        return AutomaticRuns(self.ledgers.automatic, utc_now)

    @cached_property
    def watching(self) -> Watching:
        """What the journals say of the model in use."""
        return Watching(self.settings.data_dir, self.store, self.trials)

    @cached_property
    def store(self) -> FeedbackStore:
        """Decisions, verdicts and labels on disk; the newest lines are verified before the first is written."""
        told, key = self.settings, self.settings.journal_secret
        with self._building:
            store = FeedbackStore(
                told.data_dir, told.thresholds, waiting_hours=told.waiting_hours, key=key, models_dir=told.models_dir
            )
            store.keeping.check()
            return store

    @property
    def ledgers(self) -> Ledgers:
        """Every journal, as the store holds it: one that accepts nothing any more is the same everywhere."""
        return self.store.keeping.ledgers

    @cached_property
    def access(self) -> Access:
        """Who may come in."""
        return Access(self.settings.access_dir, self.settings)

    @cached_property
    def reviews(self) -> Reviews:
        """What administrators decided of doubtful verdicts."""
        return Reviews(self.ledgers.reviews)

    @cached_property
    def drafts(self) -> Drafts:
        """Half-filled forms on disk."""
        return Drafts(self.settings.drafts_dir, self.settings.draft_hours)

    @cached_property
    def jobs(self) -> RetrainJobs:
        """Training runs."""
        return RetrainJobs(
            self.settings.jobs_dir,
            self.settings.models_dir,
            lambda enough: received(self.store, enough),
            self.settings.environment(),
        )

    @cached_property
    def imports(self) -> ImportJobs:
        """Imports of a hospital's past visits."""
        return ImportJobs(self.settings.jobs_dir / "imports", self.settings.imports_dir)

    @cached_property
    def models(self) -> ModelShelf:
        """Served, waiting and earlier models."""
        return ModelShelf(self.settings.models_dir, self.ledgers.promotions, self.settings.environment())

    @cached_property
    def protocols(self) -> ProtocolLibrary:
        """The department's own protocols."""
        return ProtocolLibrary(self.settings.protocols_folder)

    def extract(self, text: str) -> Extraction:
        """What a note at the door says, read today; nothing of it is written anywhere."""
        return extract(text, self.search, datetime.now().astimezone().date())

    def decide(
        self,
        raw: Mapping[str, object] | Patient,
        label: str | None = None,
        source: Source = "ui",
        supersedes: str | None = None,
        typed: Typed | None = None,
    ) -> Decision:
        """Decide for one patient and write it down before anyone sees it.

        ``label`` names the case on this ward's screen; it goes to a file of its own. ``supersedes`` is the earlier
        decision of the same visit, ``typed`` how it was typed at the desk. Raises ``InvalidPatient``, and
        ``JournalWriteError`` when the decision is not safely on disk.
        """
        judged = self.triage.judge(raw, case_of(self.store, self.trials, label, supersedes))
        self.store.record_decision(_record(judged, source, supersedes, typed or Typed()))
        if label:
            self.store.labels.set_label(judged.decision.prediction_id, label)
        return judged.decision

    def warm_up(self) -> None:
        """Load rules and model, decide once unrecorded, then take all of it out of the garbage collector's rounds."""
        self.triage.triage(_CALM_ADULT)
        suggested("", self.book.motifs[0], None)  # reads the table of criteria
        self.protocols.refresh()
        self.store.count()  # brings the index up to date
        gc.collect()
        gc.freeze()  # Streamlit collects after every rerun: 127 -> 13 ms (measured, see the stack's facts)
        log_event("warmed_up", rules_version=self.book.version)

    def verify_on(self) -> None:
        """Keep the day's digests, then verify, piece by piece, what the start did not reach; requests come first."""
        self.store.keeping.keep_daily(datetime.now(UTC))
        while not all(report.is_complete for report in self.store.keeping.check(again=0)):
            time.sleep(PAUSE_S)


def _record(judged: Judged, source: Source, supersedes: str | None, typed: Typed) -> DecisionRecord:
    decision = judged.decision
    kept = DecisionRecord.model_fields.keys() & type(decision).model_fields.keys()
    return DecisionRecord(
        **{name: getattr(decision, name) for name in kept},
        timestamp=datetime.now(UTC),
        features=features_of(judged.patient)
        | {"motif_id": decision.motif_id},  # a guessed motif is the one that counted
        rules_level=judged.rules_level,
        source=source,
        supersedes=supersedes,
        entry_seconds=typed.seconds,
        confirmed_values=typed.confirmed,
        arm=judged.arm,
        shadow=_shadow(judged),
    )


def _shadow(judged: Judged) -> ShadowOpinion | None:
    hidden = judged.shadow
    if hidden is None:
        return None
    return ShadowOpinion(
        model_version=hidden.version,
        gravity_level=hidden.level.gravity,
        french_level=hidden.level,
        probabilities=dict(hidden.opinion.probabilities),
    )


_lock = threading.Lock()
_built: list[Services] = []


def services() -> Services:
    """The services of this process, built from its settings on the first call."""
    with _lock:
        if not _built:
            _built.append(Services(load_settings()))
        return _built[0]


def use(replacement: Services | None) -> None:
    """Make ``services()`` answer this; ``None`` builds anew from the settings. For tests and tools."""
    with _lock:
        _built[:] = [] if replacement is None else [replacement]
