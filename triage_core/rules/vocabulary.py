"""The French words a rule file may use, and what they mean to the program."""

from triage_core.levels import FrenchLevel
from triage_core.rules.catalog import Direction, Effect, Kind
from triage_core.rules.conditions import Scope, State

SCOPES = {"tous": Scope.ALL, "adulte": Scope.ADULT, "enfant": Scope.CHILD}
EFFECTS: dict[str, Effect] = {"fixe_niveau": "set_level", "neutre": "neutral"}
KINDS: dict[str, Kind] = {
    "mesure": "measured",
    "mixte": "mixed",
    "clinique": "clinical",
    "avis_medical": "physician_advice",
}
DIRECTIONS: dict[str, Direction] = {"aggrave": "upgrade", "defaut": "default", "allege": "downgrade"}
STATUSES = ("lue", "sourcee", "en_partie_sourcee", "seconde_main", "inferee")
LEVELS = {level.value: level for level in FrenchLevel}
STATES = {state.value: state for state in State}
SIGNATURE_FIELDS = frozenset({"source", "confiance", "auteur", "relecteur", "date_relecture", "prochaine_relecture"})
RULE_FIELDS = SIGNATURE_FIELDS | {
    "id", "libelle", "niveau", "effet", "type", "sens", "portee", "case",
    "conditions", "suggestion", "exemples", "note",
}  # fmt: skip
MOTIF_FIELDS = SIGNATURE_FIELDS | {
    "id", "libelle", "libelle_en", "niveau", "alias", "restriction_age",
    "modulateur", "notes", "notes_pediatriques", "ecart_v1_0",
}  # fmt: skip
