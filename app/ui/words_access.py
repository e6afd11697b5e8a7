"""Words of signing in, of the lock and of who is there. (French, English)"""

WORDS_ACCESS: dict[str, str] = {
    "access.title": "Connexion",
    "access.name": "Identifiant",
    "access.password": "Mot de passe",
    "access.sign_in": "Se connecter",
    "access.sign_in_oidc": "Se connecter avec le compte de l'établissement",
    "access.sign_out": "Se déconnecter",
    "access.other_language": "English",
    "access.wrong": "L'identifiant ou le mot de passe n'est pas le bon.",
    "access.wait": "Trop d'essais. Attendre {seconds} s, puis réessayer.",
    "access.form_expired": "Ce formulaire a expiré. Le remplir à nouveau.",
    "access.refused_oidc": (
        "Ce compte n'ouvre pas de session ici : son rôle n'est pas connu, ou il est fermé. Voir l'administrateur."
    ),
    "access.provider_down": "Le service de connexion de l'établissement ne répond pas. Réessayer dans un instant.",
    "access.locked_for": (
        "Session de {name} verrouillée : aucune action depuis un moment. La saisie en cours est gardée."
    ),
    "access.setup": "Premier administrateur",
    "access.setup_hint": "Le jeton à usage unique est affiché dans le terminal qui a démarré le serveur.",
    "access.setup_token": "Jeton à usage unique",
    "access.setup_make": "Créer le compte",
    "access.setup_wrong": (
        "Refusé : jeton faux, utilisé ou vieux d'un jour ; ou mot de passe de moins de 12 caractères, trop simple, "
        "ou qui contient l'identifiant."
    ),
    "access.rule": "12 caractères au moins, dont 5 différents, sans l'identifiant.",
    "access.locked": "Session verrouillée",
    "access.locked_text": (
        "Aucune action depuis un moment. La saisie de {name} est gardée et sera rendue à sa prochaine connexion."
    ),
    "access.unlock": "Déverrouiller ou changer d'utilisateur",
    "access.ended": "Session terminée",
    "access.ended_text": "Cette session n'est plus ouverte. La saisie en cours est gardée pour son auteur.",
    "access.again": "Se connecter",
    "access.restored": "La saisie en cours a été reprise.",
    "access.who": "{name} · {role}",
    "role.medecin": "Médecin",
}
