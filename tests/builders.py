"""Start from a valid adult and change only what the test is about."""

from collections.abc import Mapping

from triage_core.features import MEASURES, VITALS
from triage_core.patient import Patient

CALM_VITALS: Mapping[str, float] = {
    "frequence_cardiaque": 75,
    "pression_systolique": 125,
    "pression_diastolique": 75,
    "frequence_respiratoire": 16,
    "temperature": 37.0,
    "saturation_oxygene": 98,
    "echelle_douleur": 2,
    "glasgow": 15,
    "glycemie": 1.0,
}
_VITAL_NAMES = frozenset(feature.name for feature in VITALS)
_MEASURE_NAMES = frozenset(feature.name for feature in MEASURES)


def a_request(**changes: object) -> dict[str, object]:
    """A valid body of ``POST /triage/predict``: a calm adult of 40 with a sore throat; vitals by their names."""
    constantes: dict[str, object] = dict(CALM_VITALS)
    mesures: dict[str, object] = {}
    body: dict[str, object] = {"age": 40, "sexe": "F", "motif_id": "douleur_gorge"}
    for name, value in changes.items():
        group = constantes if name in _VITAL_NAMES else mesures if name in _MEASURE_NAMES else body
        group[name] = value
    return body | {"constantes": constantes, "mesures": mesures}


def a_patient(**changes: object) -> Patient:
    """The same as a checked ``Patient``."""
    return Patient.model_validate(a_request(**changes))
