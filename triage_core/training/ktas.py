"""Real visits for measuring, never for shipping: the KTAS data of two Korean emergency departments (2016-2017).

Moon et al., PLoS ONE 2019, 0216972. 1,267 adult visits with the level three experts agreed on. They prove nothing
about children or about France. Columns that leak (disposition, diagnosis, the nurse's level) are never features.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from triage_core.errors import DatasetError
from triage_core.motifs.search import MotifSearch

# Second copies: same group, sex, age, pressures, pulse, breathing, temperature and stay (protocol).
DUPLICATE_KEYS = [
    "Group", "Sex", "Age", "SBP", "DBP", "HR", "RR", "BT", "Length of stay_min", "KTAS duration_min",
    "Patients number per hour",
]  # fmt: skip
GLASGOW_OF_AVPU = {1: 15, 2: 13, 3: 8, 4: 3}  # an assumption of the reference, said in the report
NUMBERS = {
    "frequence_cardiaque": "HR",
    "pression_systolique": "SBP",
    "pression_diastolique": "DBP",
    "frequence_respiratoire": "RR",
    "temperature": "BT",
    "saturation_oxygene": "Saturation",
    "age": "Age",
}
ARRIVAL = {1: "a_pied", 2: "ambulance", 3: "vehicule_personnel", 4: "ambulance", 5: "autre", 6: "autre", 7: "autre"}


@dataclass(frozen=True)
class KtasVisits:
    """``frame`` in our flat columns, ``ranks`` 0 (KTAS 5) to 4 (KTAS 1), both of shape (n,); nurse ranks likewise.

    ``hospital`` (1 or 2) parts the visits for the tables between hospitals and is never a feature.
    """

    frame: pd.DataFrame
    ranks: npt.NDArray[np.int64]
    nurse_ranks: npt.NDArray[np.int64]
    n_read: int
    hospital: npt.NDArray[np.int64]


def read_visits(path: Path, search: MotifSearch) -> KtasVisits:
    """Read the published file (``;``, latin-1), drop second copies, map to our features and motifs.

    Raises ``DatasetError`` when the file is not that file.
    """
    raw = pd.read_csv(path, sep=";", encoding="latin-1", dtype=str)
    lacking = {"KTAS_expert", "KTAS_RN", "Chief_complain", "NRS_pain", "Mental", *NUMBERS.values()} - set(raw.columns)
    if lacking:
        raise DatasetError(f"not the KTAS file: columns {sorted(lacking)} are lacking")
    visits = raw.drop_duplicates(DUPLICATE_KEYS).reset_index(drop=True)
    frame = _to_features(visits, search)
    expert = visits["KTAS_expert"].astype(int).to_numpy()
    nurse = visits["KTAS_RN"].astype(int).to_numpy()
    return KtasVisits(frame, 5 - expert, 5 - nurse, len(raw), visits["Group"].astype(int).to_numpy())


def _to_features(visits: pd.DataFrame, search: MotifSearch) -> pd.DataFrame:
    columns: dict[str, object] = {name: _numbers(visits[source]) for name, source in NUMBERS.items()}
    columns["sexe"] = visits["Sex"].map({"1": "F", "2": "M"})
    columns["glasgow"] = _numbers(visits["Mental"]).map(GLASGOW_OF_AVPU)
    # "#BOÞ!" is an empty cell of a Turkish spreadsheet: no pain was noted, pain is 0 (reference README).
    columns["echelle_douleur"] = _numbers(visits["NRS_pain"]).where(visits["Pain"] == "1", 0.0)
    columns["glycemie"] = np.nan
    columns["traumatisme"] = visits["Injury"] == "2"
    columns["mode_arrivee"] = _numbers(visits["Arrival mode"]).map(ARRIVAL)
    columns["motif_consultation"] = visits["Chief_complain"].fillna("")
    frame = pd.DataFrame(columns)
    frame["motif_id"] = [_motif(search, text) for text in frame["motif_consultation"]]
    return frame


def _numbers(cells: "pd.Series[str]") -> "pd.Series[float]":
    """Numbers of a column; ``??`` and other words are not measured (NaN)."""
    return pd.to_numeric(cells.str.replace(",", "."), errors="coerce")


def _motif(search: MotifSearch, text: str) -> str | None:
    found = search.recognise(text)
    return None if found is None else found.id
