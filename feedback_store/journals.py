"""Every journal there is and the one way each is kept: chained, with a head, under one key of the data folder."""

from pathlib import Path
from typing import NamedTuple

from feedback_store.keys import Keyring
from feedback_store.ledger import Ledger

DECISIONS = Path("triage", "decisions.jsonl")
FEEDBACK = Path("feedback", "nurse_feedback.jsonl")
LABELS = Path("triage", "case_labels.jsonl")
OPT_OUTS = Path("triage", "training_optouts.jsonl")
EVENTS = Path("triage", "visit_events.jsonl")
REVIEWS = Path("feedback", "reviews.jsonl")
TRIALS = Path("triage", "trials.jsonl")
SWITCH = Path("triage", "model_switch.jsonl")
ALERTS = Path("watch", "alerts.jsonl")
AUTOMATIC = Path("watch", "automatic_runs.jsonl")
PROMOTIONS = Path("history", "promotions.jsonl")  # under the models folder
KEY = Path("secrets", "journal.key")


class Ledgers(NamedTuple):
    """The journals of a data folder, and of the models served with it."""

    decisions: Ledger
    feedback: Ledger
    labels: Ledger
    opt_outs: Ledger
    events: Ledger
    reviews: Ledger
    trials: Ledger
    switch: Ledger
    alerts: Ledger
    automatic: Ledger
    promotions: Ledger


def ledgers_of(data_dir: Path, key: str | None = None, models_dir: Path | None = None) -> Ledgers:
    """The journals under a data folder; touches nothing by itself.

    ``key``: the secret of the digests; ``None`` takes the one in ``secrets/``, made with the first record.
    ``models_dir``: where the promotions lie; the data folder itself unless told.
    """
    keys = Keyring(data_dir / KEY, key)
    ours = (DECISIONS, FEEDBACK, LABELS, OPT_OUTS, EVENTS, REVIEWS, TRIALS, SWITCH, ALERTS, AUTOMATIC)
    paths = (*(data_dir / path for path in ours), (models_dir or data_dir) / PROMOTIONS)
    return Ledgers(*(Ledger(path, keys) for path in paths))
