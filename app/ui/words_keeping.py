"""Words of the journals' page: key -> (French, English). Read through ``app.ui.texts``."""

WORDS_KEEPING: dict[str, tuple[str, str]] = {
    "nav.journal": ("Journaux", "Journals"),
    "journal.title": ("Journaux", "Journals"),
    "journal.sound": (
        "Aucune anomalie : {lines} lignes enregistrées, {verified} vérifiées.",
        "Nothing found: {lines} lines recorded, {verified} verified.",
    ),
    "journal.damaged": (
        "Des lignes enregistrées ne sont plus ce qu'elles étaient. L'enregistrement continue dans un nouveau fichier.",
        "Recorded lines are not what they were. Recording goes on in a new file.",
    ),
    "journal.refusal": (
        "Le disque a refusé une écriture : plus rien n'est enregistré. Vérifiez le disque, puis redémarrez MedTriage.",
        "The disk refused a write: nothing is recorded any more. Check the disk, then restart MedTriage.",
    ),
    "journal.what_to_do": (
        "Ne modifiez aucun fichier. Lancez « medtriage verify », gardez son résultat, comparez l'empreinte aux "
        "feuilles imprimées, puis restaurez la sauvegarde si des lignes manquent.",
        'Change no file. Run "medtriage verify", keep what it says, compare the digest with the printed sheets, then '
        "restore the backup if lines are missing.",
    ),
    "journal.incomplete": (
        "La vérification n'est pas terminée : elle avance en arrière-plan.",
        "The verification is not finished: it goes on in the background.",
    ),
    "journal.digest": ("Empreinte actuelle", "Current digest"),
    "journal.digest.help": (
        "Change à chaque ligne. Celle du début de chaque jour est gardée à part ; comparez-la à une feuille imprimée.",
        "Changes with each line. The one of each day's beginning is kept apart; compare it with a printed sheet.",
    ),
    "journal.on_sheet": ("Journal {code}", "Journal {code}"),
    "journal.sheet": (
        "Une feuille imprimée maintenant porterait « Journal {code} ». Pour une ancienne : medtriage verify --sheet.",
        'A sheet printed now would bear "Journal {code}". For an older sheet: medtriage verify --sheet.',
    ),
    "journal.none": ("aucune ligne", "no line"),
    "journal.check": ("Vérifier les nouvelles lignes", "Verify the new lines"),
    "journal.checked": ("Vérification faite.", "Verified."),
    "journal.name": ("Journal", "Journal"),
    "journal.lines": ("Lignes", "Lines"),
    "journal.verified": ("Vérifiées", "Verified"),
    "journal.unchained": ("Version ancienne, non chaînées", "Older version, not chained"),
    "journal.segments": ("Fichiers", "Files"),
    "journal.findings": ("Anomalies", "Findings"),
    "journal.note": ("Remarque", "Note"),
    "journal.decisions": ("Décisions", "Decisions"),
    "journal.nurse_feedback": ("Verdicts des infirmiers", "Nurses' verdicts"),
    "journal.case_labels": ("Noms des cas", "Case labels"),
    "journal.training_optouts": ("Oppositions à l'entraînement", "Training opt-outs"),
    "journal.visit_events": ("Suites de visite", "Events of visits"),
    "journal.note.none": ("—", "—"),
    "journal.note.power": (
        "coupure de courant pendant une écriture : la ligne n'avait pas été acquittée",
        "power cut while a line was written: it had not been acknowledged",
    ),
    "journal.note.head": (
        "fichier de tête perdu puis reconstruit : une fin coupée avant cela ne se verrait qu'aux empreintes du jour",
        "head file lost and found anew: an end cut before would only show in the daily digests",
    ),
}
