"""Every session key of the screens, named once; the values belong to one user and one session."""

ROLE = "role"
LANGUAGE = "language"
CASE_LABEL = "tri_case_label"
AGE = "tri_age"
SEXE = "tri_sexe"
ARRIVAL = "tri_mode_arrivee"
MOTIF_WORDS = "tri_motif_consultation"
MOTIF = "tri_motif_id"
MOTIF_FOR = "tri_motif_for"  # the words for which the motif was chosen: other words propose again
REFERRED = "tri_adresse_par_medecin"
COMORBIDITY = "tri_comorbidite_lourde_en_rapport"
TRAUMA = "tri_traumatisme"
PRESSURE = "tri_pression"
QUICK_LINE = "tri_ligne_rapide"
QUICK_LEFT = "tri_ligne_rapide_reste"  # what a confirmed line held and no field took
ANTECEDENTS = "tri_antecedents"  # a tuple of texts, from the quick line; None without
ASSISTANT = "tri_assistant"  # what the online assistant answered, with the text it was asked about
CONFIRMED = "tri_confirmed"  # readings outside the usual range that the nurse has confirmed
FOCUS = "tri_focus"  # which widget the keyboard goes to, and how often it was asked for
PREVIOUS_VITALS = "tri_previous_vitals"  # those of the patient before, to see numbers typed twice
BEFORE = "tri_before"  # the patient before this one, for undo
UNDONE = "tri_undone"  # what the last undo did, as a sentence
DRAFT_FOUND = "tri_draft_found"  # what was found of an earlier session, for the next run to put into the form
DRAFT_NOTICE = "tri_draft_notice"  # when the form that was found again had been kept
DRAFT = "tri_draft"  # the name of this session's draft on disk, and what it held when it was last written
SUPERSEDES = "tri_supersedes"  # the last decision on the patient of the form: the next one replaces it
EARLIER = "tri_earlier"  # the vitals of that patient's evaluation before, shown under the fields
JUDGED = "tri_judged"  # the last decision with the inputs it was computed from
REFUSED = "tri_refused"  # why the last evaluation was refused
ONLY_ASKED = "tri_only_asked"  # whether it waits for answers alone
VERDICT_PANEL = "verdict_panel"  # which verdict is being detailed: downgrade, disagree, upgrade or None
VERDICT_NAMED = "verdict_named"  # the level whose key was pressed, to be argued in the panel
VERDICT_LEVEL = "verdict_level"
VERDICT_REASON = "verdict_reason"
VERDICT_MISSED = "verdict_missed"
VERDICT_SURE = "verdict_sure"
SCREEN = "tri_screen"  # the size of the page, as the handshake told it
DRAWN_FOR = "tri_drawn_for"  # what the form said when the answer on the page was drawn
SAME_PATIENT = "tri_same_patient"  # the age and sex of which it was asked whether they are the same patient's
VERDICT_UNTICKED = "verdict_unticked"  # when it was asked about a criterion of level 1 or 2
RECORDED = "verdict_recorded"  # the verdict on the shown decision, as it was kept
VERDICT_REFUSED = "verdict_refused"
RULES_QUERY = "regles_query"
RULES_CHAPTER = "regles_chapter"
FEEDBACK_DAYS = "retours_days"
FEEDBACK_LEVELS = "retours_levels"
FEEDBACK_KIND = "retours_kind"
MODEL_VERSION = "modele_version"
MODEL_SURE = "modele_sure"
TRAIN_FEEDBACK = "reentrainement_include_feedback"
TRAIN_MINIMUM = "reentrainement_minimum"
TRAIN_TABLE = "reentrainement_table"
TRAIN_NAME = "reentrainement_name"
TRAIN_TREES = "reentrainement_trees"
TRAIN_DEPTH = "reentrainement_depth"
TRAIN_TUNE = "reentrainement_tune"
TRAIN_TUNE_MINUTES = "reentrainement_tune_minutes"
OVERRIDE_VERSION = "modele_override_version"
OVERRIDE_REASON = "modele_override_reason"
TRAIN_LOCKED = "reentrainement_locked"  # whether the start button was drawn disabled, for a run in progress
ROOM_VERSION = "file_active_version"  # of the board that is drawn, and the minute it was drawn at
ROOM_LAST = "file_active_last"  # the last wait ended here, for one undo: (prediction id, who, how)
REEVALUATED = "tri_reevaluated"  # whom the waiting room asks to look at again: taken up once by the triage page
REOPENED = "tri_reopened"  # the ended visit whose new evaluation has been asked about once
ROOM_LEAVING = "file_active_leaving"  # whose departure waits for its second yes
IMPORT_FILE = "donnees_file"
IMPORT_UPLOAD = "donnees_upload"
IMPORT_SURE = "donnees_sure"
IMPORT_LOCKED = "donnees_locked"  # whether the import button was drawn disabled, for an import in progress
WATCH_DAYS = "surveillance_days"
TRIAL_SHARE = "modele_trial_share"
SWITCH_REASON = "modele_switch_reason"
SEEN_PAGE = "seen_page"  # the page this session was last noted on
CARD_VERSION = "modele_card_version"
OWNER = "access_owner"  # the signed-in person whose values this session holds
GUIDE = "tri_guide"  # the step of the guided visit; 0 offered, None skipped or ended
BEGUN = "tri_begun"  # when the first field of this patient was filled (monotonic seconds)
NOTICE = "notice"  # one message carried over a rerun: (kind, text)


def of_feature(name: str) -> str:
    """The key of the text field of one feature of the table."""
    return f"tri_{name}"


def of_modulators(motif_id: str) -> str:
    """The key of the modulators of one motif, so that another motif starts with none ticked."""
    return f"tri_modulateurs_{motif_id}"


def of_import(file: str, part: str, name: str = "") -> str:
    """The key of one choice of the mapping of a waiting file, so that another file starts with its own guess."""
    return f"donnees_{part}_{name}_{file}"


def of_arbitrage(name: str) -> tuple[str, str]:
    """The keys of the choice and of the reason of one case or one group on the arbitration page."""
    return f"arbitrage_choice_{name}", f"arbitrage_reason_{name}"


def of_candidate(motif_id: str) -> str:
    """The key of the button that chooses one proposed motif."""
    return f"tri_candidate_{motif_id}"


def of_level(level: str) -> str:
    """The key of the button that names one level as the right one."""
    return f"verdict_level_{level}"
