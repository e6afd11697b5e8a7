"""Words of signing in, of the lock and of who is there. (French, English)"""

WORDS_ACCESS: dict[str, tuple[str, str]] = {
    "access.title": ("Connexion", "Sign in"),
    "access.name": ("Identifiant", "Name"),
    "access.password": ("Mot de passe", "Password"),
    "access.sign_in": ("Se connecter", "Sign in"),
    "access.sign_in_oidc": (
        "Se connecter avec le compte de l'établissement",
        "Sign in with your institution's account",
    ),
    "access.sign_out": ("Se déconnecter", "Sign out"),
    "access.other_language": ("English", "Français"),
    "access.wrong": ("L'identifiant ou le mot de passe n'est pas le bon.", "The name or the password is not right."),
    "access.wait": (
        "Trop d'essais. Attendre {seconds} s, puis réessayer.",
        "Too many attempts. Wait {seconds} s, then try again.",
    ),
    "access.form_expired": (
        "Ce formulaire a expiré. Le remplir à nouveau.",
        "This form has expired. Please fill it in again.",
    ),
    "access.refused_oidc": (
        "Ce compte n'ouvre pas de session ici : son rôle n'est pas connu, ou il est fermé. Voir l'administrateur.",
        "This account cannot sign in here: its role is not known, or it is disabled. See the administrator.",
    ),
    "access.provider_down": (
        "Le service de connexion de l'établissement ne répond pas. Réessayer dans un instant.",
        "The institution's sign-in service does not answer. Try again in a moment.",
    ),
    "access.locked_for": (
        "Session de {name} verrouillée : aucune action depuis un moment. La saisie en cours est gardée.",
        "Session of {name} locked: nothing was done for a while. What was being typed is kept.",
    ),
    "access.setup": ("Premier administrateur", "First administrator"),
    "access.setup_hint": (
        "Le jeton à usage unique est affiché dans le terminal qui a démarré le serveur.",
        "The one-time token is shown in the terminal that started the server.",
    ),
    "access.setup_token": ("Jeton à usage unique", "One-time token"),
    "access.setup_make": ("Créer le compte", "Make the account"),
    "access.setup_wrong": (
        "Refusé : jeton faux, utilisé ou vieux d'un jour ; ou mot de passe de moins de 12 caractères, trop simple, "
        "ou qui contient l'identifiant.",
        "Refused: token wrong, used or a day old; or password under 12 characters, too simple, or with the name in it.",
    ),
    "access.rule": (
        "12 caractères au moins, dont 5 différents, sans l'identifiant.",
        "At least 12 characters, 5 of them different, without the name.",
    ),
    "access.locked": ("Session verrouillée", "Session locked"),
    "access.locked_text": (
        "Aucune action depuis un moment. La saisie de {name} est gardée et sera rendue à sa prochaine connexion.",
        "Nothing was done for a while. What {name} was typing is kept and comes back at the next sign-in.",
    ),
    "access.unlock": ("Déverrouiller ou changer d'utilisateur", "Unlock or change user"),
    "access.ended": ("Session terminée", "Session ended"),
    "access.ended_text": (
        "Cette session n'est plus ouverte. La saisie en cours est gardée pour son auteur.",
        "This session is no longer open. What was being typed is kept for its author.",
    ),
    "access.again": ("Se connecter", "Sign in"),
    "access.restored": ("La saisie en cours a été reprise.", "What you were typing is back."),
    "access.who": ("{name} · {role}", "{name} · {role}"),
    "role.medecin": ("Médecin", "Physician"),
}
