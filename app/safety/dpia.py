"""Notes for the hospital's data-protection impact assessment: ``python -m app.safety.dpia [--check]``.

The text is written; the fields of each file are read from the shapes of the code, the proofs must be existing tests.
"""

import sys
from collections.abc import Iterator

from pydantic import BaseModel

from app.safety.describe import ROOT, Control, Hazard, HazardLog, broken_links
from feedback_store.access_log import SEEN, Seen
from feedback_store.alert_log import Alert
from feedback_store.journals import ALERTS, DECISIONS, EVENTS, FEEDBACK, LABELS, OPT_OUTS, SWITCH, TRIALS
from feedback_store.model_switch import SwitchEvent
from feedback_store.record import FEATURE_NAMES, DecisionRecord, FeedbackRecord
from feedback_store.trials import Trial

TEXT, TARGET = ROOT / "app" / "safety" / "aipd.md", ROOT / "data" / "AIPD.md"
SHAPES: tuple[tuple[str, type[BaseModel], str], ...] = (
    (str(DECISIONS), DecisionRecord, "patients (pseudonyme)"),
    (str(FEEDBACK), FeedbackRecord, "patients (pseudonyme), personnel"),
    (f"{SEEN}/AAAA-MM-JJ.jsonl", Seen, "personnel"),
    (str(SWITCH), SwitchEvent, "personnel"),
    (str(TRIALS), Trial, "personnel"),
    (str(ALERTS), Alert, "personnel"),
)
WRITTEN = (
    (str(LABELS), "patients", "`prediction_id`, `label` (nom du cas à l'écran), `timestamp`"),
    (str(OPT_OUTS), "patients (pseudonyme)", "`prediction_id`, le souhait, `timestamp`"),
    (str(EVENTS), "patients (pseudonyme)", "`prediction_id`, suite (pris en charge, parti, revenu), `timestamp`"),
    ("drafts/", "patients", "ce qui est tapé et pas encore évalué"),
    ("access/", "personnel", "comptes, empreintes de mots de passe et de jetons, sessions"),
    ("jobs/, models/", "aucune en clair", "réglages, comptes, identifiants de cas écartés ; modèles"),
)
MEASURES = {
    "Aucune constante ni texte libre dans les journaux techniques": (
        "tests/app/test_no_patient_in_logs.py::test_no_log_of_a_real_server_holds_what_came_in_through_its_routes",
        "tests/app/test_no_patient_in_logs.py::test_no_log_holds_what_was_typed_or_answered_on_the_screens",
    ),
    "Qui a vu quoi, sans aucune valeur, avec sa durée": (
        "tests/feedback_store/test_access_log.py::test_days_beyond_the_retention_go_as_a_new_day_begins",
        "tests/pages/test_switch_page.py::test_who_saw_what_is_kept_once_a_page_and_read_by_administrators",
    ),
    "Effacement d'un cas partout, chaîne vérifiable": (
        "tests/feedback_store/test_purge.py::test_a_purged_case_is_nowhere_any_more_and_everything_verifies",
    ),
    "Opposition à l'entraînement": (
        "tests/feedback_store/test_keeping.py::test_a_case_that_opted_out_trains_nothing_until_it_is_let_in_again",
    ),
    "Chaque page, acte et route gardé par rôle": (
        "tests/attacks/test_doors.py::test_a_role_opens_what_the_table_says_and_nothing_else",
        "tests/pages/test_access_screens.py::test_a_callback_runs_for_the_roles_of_the_table_only",
    ),
    "Session verrouillée, révocation": (
        "tests/app/access/test_sessions.py::test_a_session_locks_when_nobody_does_anything_and_looking_is_not_doing",
        "tests/app/access/test_watching.py::test_a_revoked_session_loses_its_open_websocket",
    ),
    "Fichiers lisibles par leur seul propriétaire": (
        "tests/feedback_store/test_ledger.py::test_the_files_are_readable_by_their_owner_alone",
    ),
    "Aucun hôte extérieur": (
        "tests/app/access/test_access_browser.py::"
        "test_no_page_has_a_console_error_and_neither_browser_nor_server_asks_an_outside_host",
    ),
    "Journaux scellés, altération nommée": (
        "tests/feedback_store/test_proof.py::test_the_first_line_that_is_wrong_is_named",
    ),
}


def notes() -> str:
    """The whole document."""
    text = TEXT.read_text(encoding="utf-8")
    return text.replace("@FILES@", "\n".join(_files())).replace("@PROOFS@", "\n".join(_proofs()))


def unproven() -> tuple[str, ...]:
    """Measures whose test does not exist."""
    controls = tuple(Control(name, proofs) for name, proofs in MEASURES.items())
    return broken_links(HazardLog("", "", (Hazard("AIPD", "", "", "", 1, 1, 1, "", controls),)))


def _files() -> Iterator[str]:
    yield from ("| fichier | personnes | champs |", "|---|---|---|")
    for name, shape, whom in SHAPES:
        yield f"| `{name}` | {whom} | {', '.join(f'`{field}`' for field in shape.model_fields)} |"
    for name, whom, fields in WRITTEN:
        yield f"| `{name}` | {whom} | {fields} |"
    yield ""
    yield f"`features` : {', '.join(f'`{name}`' for name in FEATURE_NAMES)}."


def _proofs() -> Iterator[str]:
    for name, proofs in MEASURES.items():
        yield f"- {name} : {', '.join(f'`{proof}`' for proof in proofs)}"


def main(arguments: list[str]) -> int:
    """Write or check; 0 on success, 1 with what is wrong."""
    if broken := unproven():
        print("\n".join(broken), file=sys.stderr)
        return 1
    if arguments == ["--check"]:
        is_fresh = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == notes()
        print("" if is_fresh else f"{TARGET.name} is stale: python -m app.safety.dpia", end="", file=sys.stderr)
        return 0 if is_fresh else 1
    TARGET.write_text(notes(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
