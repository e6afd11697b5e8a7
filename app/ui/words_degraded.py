"""Words of what is missing, of the switch over the model and of who saw what: key -> French."""

WORDS_DEGRADED: dict[str, str] = {
    "degraded.off": "Modèle coupé par {by} : règles seules",
    "degraded.slow": "Modèle trop lent, laissé de côté un moment : règles seules",
    "degraded.failed": "Modèle en panne, laissé de côté un moment : règles seules",
    "degraded.absent": "Modèle absent ou illisible : règles seules",
    "degraded.motifs": "Recherche de motif en panne : choisissez le motif dans la liste",
    "degraded.protocols": "Dossier des protocoles illisible",
    "degraded.mlflow.locked": (
        "MLflow est verrouillé : ses historiques attendent. Tri, promotion et retour en arrière fonctionnent."
    ),
    "degraded.mlflow.gone": (
        "MLflow est absent ou abîmé : plus d'historique ni d'entraînement. Tri, promotion et retour en arrière "
        "fonctionnent."
    ),
    "degraded.mlflow.untold": "MLflow n'a pas pu être prévenu : son alias montre encore la version d'avant.",
    "switch.title": "Interrupteur du modèle",
    "switch.is_on": (
        "Le modèle peut relever un niveau. Le couper laisse les règles seules, dès la prochaine évaluation, partout."
    ),
    "switch.is_off": "**Modèle coupé** par {by} le {day}. Raison : {reason}",
    "switch.reason": "Raison (conservée)",
    "switch.turn_off": "Couper le modèle",
    "switch.turn_on": "Remettre le modèle",
    "switch.no_reason": "Écrivez pourquoi, en {least} caractères au moins.",
    "switch.not_kept": "Le disque refuse l'écriture : rien n'a changé. Vérifiez le disque.",
    "switch.done.off": "Modèle coupé : les règles décident seules.",
    "switch.done.on": "Modèle remis en service.",
    "switch.off": "coupé",
    "switch.on": "remis",
    "switch.what": "Acte",
    "switch.when": "Quand",
    "switch.by": "Par",
    "switch.why": "Raison",
    "seen.title": "Qui a vu quoi",
    "seen.none": "Rien n'a encore été consulté.",
    "seen.caption": "Les {count} dernières consultations ; conservées {days} jours, sans aucune valeur du patient.",
    "seen.who": "Qui",
    "seen.what": "Quoi",
    "seen.on": "Cas ou page",
    "seen.page": "page ouverte",
    "seen.decision": "décision rendue",
    "seen.reevaluation": "réévaluation ouverte",
    "seen.sheet": "fiche imprimée",
    "seen.export": "corrections exportées",
    "seen.activity": "activité d'un jour exportée",
}
