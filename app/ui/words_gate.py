"""Words of the gate, of overrides, of the search for settings and of the arbitration page: key -> French."""

WORDS_GATE: dict[str, str] = {
    "nav.arbitrage": "Arbitrage",
    "gate.override.title": "Passer outre un refus",
    "gate.override.what": (
        "La comparaison a refusé ces versions. En servir une quand même demande un motif écrit, conservé avec la "
        "version et visible ici."
    ),
    "gate.override.pick": "Version refusée",
    "gate.override.reason": "Motif (une phrase au moins)",
    "gate.override.act": "Mettre en service malgré le refus",
    "gate.override.missing": "Choisissez une version et écrivez un motif d'au moins {least} caractères.",
    "gate.override.done": "Version {version} en service malgré le refus.",
    "gate.override.shown": "{version} : mise en service malgré le refus le {day} ({by}). Motif : {reason}",
    "gate.by.unknown": "auteur non identifié",
    "train.tune": "Chercher de meilleurs réglages d'abord",
    "train.tune_minutes": "Recherche, minutes au plus",
    "train.feedback_counts": (
        "Verdicts : {received} cas reçus, {learned} appris, {duplicates} doublons, {set_aside} à relire, "
        "{contradictory} à arbitrer, {capped} infirmier(s) plafonné(s)."
    ),
    "arbitrage.title": "Arbitrage des verdicts",
    "arbitrage.none": "Rien à arbitrer : aucun verdict contradictoire ni douteux.",
    "arbitrage.contradictory": "Verdicts contradictoires",
    "arbitrage.contradictory.what": "{count} cas. Tant qu'un cas n'est pas tranché, aucun modèle ne l'apprend.",
    "arbitrage.doubtful": "Verdicts mis de côté",
    "arbitrage.doubtful.what": (
        "{count} cas, par infirmier et motif de recours. Acceptés, ils seront appris dans la limite des plafonds ; "
        "rejetés, jamais."
    ),
    "arbitrage.more": "{count} autres suivront une fois ceux-ci traités.",
    "arbitrage.case": "{age} ans, {sexe} · {motif}",
    "arbitrage.no_motif": "motif non reconnu",
    "arbitrage.measured": "Mesuré : {values}",
    "arbitrage.shown": "Proposé par l'application : {level}",
    "arbitrage.nurse": "Infirmier",
    "arbitrage.no_nurse": "sans nom",
    "arbitrage.said": "Verdict",
    "arbitrage.floor": "Règles",
    "arbitrage.why": "Raison de l'infirmier",
    "arbitrage.doubts": "Doutes",
    "arbitrage.level": "Niveau retenu",
    "arbitrage.reason": "Motif de la décision",
    "arbitrage.settle": "Trancher",
    "arbitrage.group": "{nurse} · {motif} → {gravity} · {count} cas",
    "arbitrage.only": "Seulement ces cas (sinon tous)",
    "arbitrage.accept": "Accepter",
    "arbitrage.reject": "Rejeter",
    "arbitrage.reason_missing": "Écrivez un motif d'au moins {least} caractères.",
    "arbitrage.level_missing": "Choisissez le niveau retenu.",
    "arbitrage.settled": "Cas tranché : {level}.",
    "arbitrage.accepted": "{count} cas acceptés.",
    "arbitrage.rejected": "{count} cas rejetés.",
    "arbitrage.gone": "Ces cas ont changé entre-temps : relisez la liste.",
    "arbitrage.unwritten": "La décision n'a pas pu être enregistrée. Rien n'a changé.",
}
