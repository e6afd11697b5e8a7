"""Words of what is missing, of the switch over the model and of who saw what: key -> (French, English)."""

WORDS_DEGRADED: dict[str, tuple[str, str]] = {
    "degraded.off": ("Modèle coupé par {by} : règles seules", "Model turned off by {by}: rules alone"),
    "degraded.slow": (
        "Modèle trop lent, laissé de côté un moment : règles seules",
        "Model too slow, left out for a while: rules alone",
    ),
    "degraded.failed": (
        "Modèle en panne, laissé de côté un moment : règles seules",
        "Model failing, left out for a while: rules alone",
    ),
    "degraded.absent": ("Modèle absent ou illisible : règles seules", "Model absent or unreadable: rules alone"),
    "degraded.motifs": (
        "Recherche de motif en panne : choisissez le motif dans la liste",
        "Search for motifs out of order: choose the motif from the list",
    ),
    "degraded.protocols": ("Dossier des protocoles illisible", "Protocols folder unreadable"),
    "degraded.mlflow.locked": (
        "MLflow est verrouillé : ses historiques attendent. Tri, promotion et retour en arrière fonctionnent.",
        "MLflow is locked: its records wait. Triage, promotion and return work.",
    ),
    "degraded.mlflow.gone": (
        "MLflow est absent ou abîmé : plus d'historique ni d'entraînement. Tri, promotion et retour en arrière "
        "fonctionnent.",
        "MLflow is absent or damaged: no records and no training. Triage, promotion and return work.",
    ),
    "degraded.mlflow.untold": (
        "MLflow n'a pas pu être prévenu : son alias montre encore la version d'avant.",
        "MLflow could not be told: its alias still shows the version before.",
    ),
    "switch.title": ("Interrupteur du modèle", "Switch of the model"),
    "switch.is_on": (
        "Le modèle peut relever un niveau. Le couper laisse les règles seules, dès la prochaine évaluation, partout.",
        "The model may raise a level. Turned off, the rules stand alone, from the next evaluation on, everywhere.",
    ),
    "switch.is_off": (
        "**Modèle coupé** par {by} le {day}. Raison : {reason}",
        "**Model turned off** by {by} on {day}. Reason: {reason}",
    ),
    "switch.reason": ("Raison (conservée)", "Reason (kept)"),
    "switch.turn_off": ("Couper le modèle", "Turn the model off"),
    "switch.turn_on": ("Remettre le modèle", "Turn the model on"),
    "switch.no_reason": (
        "Écrivez pourquoi, en {least} caractères au moins.",
        "Write why, in {least} characters at least.",
    ),
    "switch.not_kept": (
        "Le disque refuse l'écriture : rien n'a changé. Vérifiez le disque.",
        "The disk refused the write: nothing changed. Check the disk.",
    ),
    "switch.done.off": ("Modèle coupé : les règles décident seules.", "Model off: the rules decide alone."),
    "switch.done.on": ("Modèle remis en service.", "Model on again."),
    "switch.off": ("coupé", "off"),
    "switch.on": ("remis", "on"),
    "switch.what": ("Acte", "Act"),
    "switch.when": ("Quand", "When"),
    "switch.by": ("Par", "By"),
    "switch.why": ("Raison", "Reason"),
    "seen.title": ("Qui a vu quoi", "Who saw what"),
    "seen.none": ("Rien n'a encore été consulté.", "Nothing was opened yet."),
    "seen.caption": (
        "Les {count} dernières consultations ; conservées {days} jours, sans aucune valeur du patient.",
        "The last {count} openings; kept {days} days, without any value of a patient.",
    ),
    "seen.who": ("Qui", "Who"),
    "seen.what": ("Quoi", "What"),
    "seen.on": ("Cas ou page", "Case or page"),
    "seen.page": ("page ouverte", "page opened"),
    "seen.decision": ("décision rendue", "decision answered"),
    "seen.reevaluation": ("réévaluation ouverte", "re-evaluation opened"),
    "seen.sheet": ("fiche imprimée", "sheet printed"),
    "seen.export": ("corrections exportées", "corrections exported"),
}
