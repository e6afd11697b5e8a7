"""The one flat table that base data and corrections share: its columns, in order."""

from triage_core.features import MEASURES, VITALS

BOOLEAN_COLUMNS: tuple[str, ...] = ("comorbidite_lourde_en_rapport", "adresse_par_medecin", "traumatisme")
TABLE_COLUMNS: tuple[str, ...] = (
    "case_id",
    "age",
    "sexe",
    *(vital.name for vital in VITALS),
    *(measure.name for measure in MEASURES),
    "motif_id",
    "motif_consultation",
    "comorbidite_lourde_en_rapport",
    "adresse_par_medecin",
    "mode_arrivee",
    "traumatisme",
    "niveau_french",
    "gravite",
    "gravite_ioa",
)
NUMBER_COLUMNS: tuple[str, ...] = ("age", *(v.name for v in VITALS), *(m.name for m in MEASURES))
