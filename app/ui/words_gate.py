"""Words of the gate, of overrides, of the search for settings and of the arbitration page: key -> (French, English)."""

WORDS_GATE: dict[str, tuple[str, str]] = {
    "nav.arbitrage": ("Arbitrage", "Arbitration"),
    "gate.override.title": ("Passer outre un refus", "Override a refusal"),
    "gate.override.what": (
        "La comparaison a refusé ces versions. En servir une quand même demande un motif écrit, conservé avec la "
        "version et visible ici.",
        "The comparison refused these versions. Serving one nevertheless asks for a written reason, kept with the "
        "version and shown here.",
    ),
    "gate.override.pick": ("Version refusée", "Refused version"),
    "gate.override.reason": ("Motif (une phrase au moins)", "Reason (a sentence at least)"),
    "gate.override.act": ("Mettre en service malgré le refus", "Put in service despite the refusal"),
    "gate.override.missing": (
        "Choisissez une version et écrivez un motif d'au moins {least} caractères.",
        "Choose a version and write a reason of at least {least} characters.",
    ),
    "gate.override.done": (
        "Version {version} en service malgré le refus.",
        "Version {version} in service despite the refusal.",
    ),
    "gate.override.shown": (
        "{version} : mise en service malgré le refus le {day} ({by}). Motif : {reason}",
        "{version}: put in service despite the refusal on {day} ({by}). Reason: {reason}",
    ),
    "gate.by.unknown": ("auteur non identifié", "author not identified"),
    "train.tune": ("Chercher de meilleurs réglages d'abord", "Look for better settings first"),
    "train.tune_minutes": ("Recherche, minutes au plus", "Search, minutes at most"),
    "train.feedback_counts": (
        "Verdicts : {received} cas reçus, {learned} appris, {duplicates} doublons, {set_aside} à relire, "
        "{contradictory} à arbitrer, {capped} infirmier(s) plafonné(s).",
        "Verdicts: {received} cases received, {learned} learnt, {duplicates} duplicates, {set_aside} to review, "
        "{contradictory} to settle, {capped} nurse(s) capped.",
    ),
    "arbitrage.title": ("Arbitrage des verdicts", "Arbitration of verdicts"),
    "arbitrage.none": (
        "Rien à arbitrer : aucun verdict contradictoire ni douteux.",
        "Nothing to settle: no contradictory or doubtful verdict.",
    ),
    "arbitrage.contradictory": ("Verdicts contradictoires", "Contradictory verdicts"),
    "arbitrage.contradictory.what": (
        "{count} cas. Tant qu'un cas n'est pas tranché, aucun modèle ne l'apprend.",
        "{count} cases. Until a case is settled, no model learns it.",
    ),
    "arbitrage.doubtful": ("Verdicts mis de côté", "Verdicts set aside"),
    "arbitrage.doubtful.what": (
        "{count} cas, par infirmier et motif de recours. Acceptés, ils seront appris dans la limite des plafonds ; "
        "rejetés, jamais.",
        "{count} cases, by nurse and reason for coming. Accepted, they are learnt within the caps; rejected, never.",
    ),
    "arbitrage.more": (
        "{count} autres suivront une fois ceux-ci traités.",
        "{count} more follow once these are done.",
    ),
    "arbitrage.case": ("{age} ans, {sexe} · {motif}", "{age} years, {sexe} · {motif}"),
    "arbitrage.no_motif": ("motif non reconnu", "reason not recognised"),
    "arbitrage.measured": ("Mesuré : {values}", "Measured: {values}"),
    "arbitrage.shown": ("Proposé par l'application : {level}", "Proposed by the application: {level}"),
    "arbitrage.nurse": ("Infirmier", "Nurse"),
    "arbitrage.no_nurse": ("sans nom", "no name"),
    "arbitrage.said": ("Verdict", "Verdict"),
    "arbitrage.floor": ("Règles", "Rules"),
    "arbitrage.why": ("Raison de l'infirmier", "Nurse's reason"),
    "arbitrage.doubts": ("Doutes", "Doubts"),
    "arbitrage.level": ("Niveau retenu", "Level settled on"),
    "arbitrage.reason": ("Motif de la décision", "Reason of the decision"),
    "arbitrage.settle": ("Trancher", "Settle"),
    "arbitrage.group": ("{nurse} · {motif} → {gravity} · {count} cas", "{nurse} · {motif} → {gravity} · {count} cases"),
    "arbitrage.only": ("Seulement ces cas (sinon tous)", "Only these cases (else all)"),
    "arbitrage.accept": ("Accepter", "Accept"),
    "arbitrage.reject": ("Rejeter", "Reject"),
    "arbitrage.reason_missing": (
        "Écrivez un motif d'au moins {least} caractères.",
        "Write a reason of at least {least} characters.",
    ),
    "arbitrage.level_missing": ("Choisissez le niveau retenu.", "Choose the level to settle on."),
    "arbitrage.settled": ("Cas tranché : {level}.", "Case settled: {level}."),
    "arbitrage.accepted": ("{count} cas acceptés.", "{count} cases accepted."),
    "arbitrage.rejected": ("{count} cas rejetés.", "{count} cases rejected."),
    "arbitrage.gone": (
        "Ces cas ont changé entre-temps : relisez la liste.",
        "These cases have changed meanwhile: read the list again.",
    ),
    "arbitrage.unwritten": (
        "La décision n'a pas pu être enregistrée. Rien n'a changé.",
        "The decision could not be recorded. Nothing has changed.",
    ),
}
