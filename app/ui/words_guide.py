"""Words of the guided visit and of the help page: key -> French. English: see ``app/catalogue.py``."""

WORDS_GUIDE: dict[str, str] = {
    "nav.aide": "Aide",
    "guide.offer": "Première visite ?",
    "guide.start": "Visite guidée",
    "guide.skip": "Passer",
    "guide.next": "Suivant",
    "guide.end": "Terminer",
    "guide.step": "Étape {place} sur {count}",
    "guide.1": (
        "**Pourquoi et qui.** Tapez le motif avec vos mots, Ctrl+1 prend le premier proposé ; puis l'âge et le sexe."
    ),
    "guide.2": (
        "**À quel point.** Les constantes dans l'ordre, Tab entre deux champs. Un champ vide veut dire non mesuré : "
        "rien n'est supposé normal."
    ),
    "guide.3": (
        "**La réponse.** Ctrl+Entrée évalue. Le niveau s'affiche ici avec son délai, ses raisons et ce qui manque."
    ),
    "guide.4": (
        "**Votre décision.** Alt+Entrée confirme, une touche par niveau corrige. Abaisser demande une raison. "
        "Le patient attend alors dans la file."
    ),
    "help.title": "Aide",
    "help.keys": "Les touches",
    "help.key": "Touche",
    "help.does": "Ce qu'elle fait",
    "help.sex": "choisir le sexe : femme, homme, autre",
    "help.quick": "remplir le formulaire depuis la ligne rapide",
    "help.answers": "Répondre dans un champ",
    "help.answer.empty": "vide : non mesuré",
    "help.answer.nm": "NM : non mesurable",
    "help.answer.refusal": "R ou refus : le patient refuse",
    "help.answer.meter": "LO, HI : le lecteur de glycémie est hors de son échelle",
    "help.answer.numbers": "38,5, 38.5 et 36°9 ; 120/80 et 12/8 ; 18 mois, 3 sem",
    "help.levels": "Les six niveaux",
    "help.reads": "Lire la réponse",
    "help.read.provisional": (
        "**Provisoire**, bord en tirets : le niveau peut changer dès qu'une mesure ou le motif est connu."
    ),
    "help.read.stale": "**Grisé** : un champ a changé depuis l'évaluation, réévaluez.",
    "help.read.raised": (
        "**Relevé par le modèle** : le modèle a vu plus grave que les règles ; il ne peut jamais abaisser."
    ),
    "help.read.lowering": "**Abaisser** demande une raison, et une seconde confirmation depuis 1 ou 2.",
    "help.limits": (
        "Aide à la décision, non marqué CE. Les règles ne sont pas relues par un clinicien ; le modèle n'est pas "
        "éprouvé chez l'enfant ni en France. Votre jugement décide."
    ),
}
