"""Words of the journals' page: key -> French. Read through ``app.ui.texts``."""

WORDS_KEEPING: dict[str, str] = {
    "nav.journal": "Journaux",
    "journal.title": "Journaux",
    "journal.sound": "Aucune anomalie : {lines} lignes enregistrées, {verified} vérifiées.",
    "journal.damaged": (
        "Des lignes enregistrées ne sont plus ce qu'elles étaient. L'enregistrement continue dans un nouveau fichier."
    ),
    "journal.refusal": (
        "Le disque a refusé une écriture : plus rien n'est enregistré. Vérifiez le disque, puis redémarrez MedTriage."
    ),
    "journal.what_to_do": (
        "Ne modifiez aucun fichier. Lancez « medtriage verify », gardez son résultat, comparez l'empreinte aux "
        "feuilles imprimées, puis restaurez la sauvegarde si des lignes manquent."
    ),
    "journal.incomplete": "La vérification n'est pas terminée : elle avance en arrière-plan.",
    "journal.digest": "Empreinte actuelle",
    "journal.digest.help": (
        "Change à chaque ligne. Celle du début de chaque jour est gardée à part ; comparez-la à une feuille imprimée."
    ),
    "journal.on_sheet": "Journal {code}",
    "journal.sheet": (
        "Une feuille imprimée maintenant porterait « Journal {code} ». Pour une ancienne : medtriage verify --sheet."
    ),
    "journal.none": "aucune ligne",
    "journal.check": "Vérifier les nouvelles lignes",
    "journal.checked": "Vérification faite.",
    "journal.name": "Journal",
    "journal.lines": "Lignes",
    "journal.verified": "Vérifiées",
    "journal.unchained": "Version ancienne, non chaînées",
    "journal.segments": "Fichiers",
    "journal.findings": "Anomalies",
    "journal.note": "Remarque",
    "journal.decisions": "Décisions",
    "journal.nurse_feedback": "Verdicts des infirmiers",
    "journal.case_labels": "Noms des cas",
    "journal.training_optouts": "Oppositions à l'entraînement",
    "journal.visit_events": "Suites de visite",
    "journal.reviews": "Relectures et arbitrages",
    "journal.trials": "Essais de modèles",
    "journal.model_switch": "Arrêts et remises en marche du modèle",
    "journal.alerts": "Alertes",
    "journal.automatic_runs": "Entraînements automatiques",
    "journal.promotions": "Mises en service de modèles",
    "journal.note.none": "—",
    "journal.note.power": "coupure de courant pendant une écriture : la ligne n'avait pas été acquittée",
    "journal.note.head": (
        "fichier de tête perdu puis reconstruit : une fin coupée avant cela ne se verrait qu'aux empreintes du jour"
    ),
}
