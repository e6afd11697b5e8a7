"""Training tables: faulty rows are set aside with every reason, and the frozen fifth never moves."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from triage_core.errors import DatasetError, InvalidPatient
from triage_core.features import VITALS
from triage_core.patient import parse_patient
from triage_core.rules.catalog import load_rulebook
from triage_core.training.dataset import (
    Dataset,
    are_frozen,
    case_digests,
    corrections_to_frame,
    is_frozen,
    read_table,
    split,
)
from triage_core.training.table import TABLE_COLUMNS


def a_row(**changes: str) -> dict[str, str]:
    row = dict.fromkeys(TABLE_COLUMNS, "") | {
        "case_id": "C-1",
        "age": "45",
        "sexe": "F",
        "frequence_cardiaque": "80",
        "pression_systolique": "120",
        "pression_diastolique": "70",
        "niveau_french": "4",
        "gravite": "VERT",
        "motif_id": "plaie",
        "traumatisme": "true",
    }
    return row | changes


def a_table(folder: Path, *rows: dict[str, str], columns: tuple[str, ...] = TABLE_COLUMNS) -> Path:
    path = folder / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _read_beside_a_sound_row(folder: Path, **changes: str) -> Dataset:
    return read_table(a_table(folder, a_row(case_id="C-0"), a_row(**changes)))


def test_what_was_not_measured_stays_missing(tmp_path: Path) -> None:
    frame = read_table(a_table(tmp_path, a_row())).frame
    assert np.isnan(frame.at[0, "saturation_oxygene"]) and frame.at[0, "frequence_cardiaque"] == 80
    assert frame.at[0, "traumatisme"] is True and frame.at[0, "adresse_par_medecin"] is None
    assert pd.isna(frame.at[0, "mode_arrivee"])
    assert tuple(frame.columns) == TABLE_COLUMNS


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"saturation_oxygene": "960"}, "saturation_oxygene: outside 20-100 %"),
        ({"glasgow": "2"}, "glasgow: outside 3-15 /15"),
        ({"glasgow": "13.5"}, "glasgow: not a whole number"),
        ({"temperature": "chaud"}, "temperature: not a number"),
        ({"temperature": "inf"}, "temperature: not a number"),
        ({"age": ""}, "age: missing"),
        ({"pression_diastolique": "120"}, "pression_diastolique: not below pression_systolique"),
        ({"sexe": "X"}, "sexe: missing or unknown"),
        ({"sexe": ""}, "sexe: missing or unknown"),
        ({"mode_arrivee": "tapis_volant"}, "mode_arrivee: unknown"),
        ({"motif_id": "inconnu"}, "motif_id: not a motif of the grid"),
        ({"motif_consultation": "x" * 2001}, "motif_consultation: longer than 2000"),
        ({"traumatisme": "peut-être"}, "traumatisme: not true, false or empty"),
        ({"niveau_french": "3"}, "niveau_french: unknown"),
        ({"niveau_french": "", "gravite": "VERT"}, "niveau_french: missing"),
        ({"gravite": "ROUGE"}, "gravite: not that of niveau_french"),
        ({"gravite": ""}, "gravite: missing"),
        ({"gravite_ioa": "BLEU"}, "gravite_ioa: unknown"),
        ({"case_id": ""}, "case_id: missing"),
        ({"case_id": "C-0"}, "case_id: stands twice"),
    ],
)
def test_a_faulty_row_is_set_aside_with_its_reason(tmp_path: Path, changes: dict[str, str], reason: str) -> None:
    dataset = _read_beside_a_sound_row(tmp_path, **changes)
    assert list(dataset.frame["case_id"]) == ["C-0"]
    (aside,) = dataset.quarantined
    assert aside.row == 1 and reason in aside.reasons


def test_every_reason_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    (aside,) = _read_beside_a_sound_row(tmp_path, glasgow="2", sexe="X", traumatisme="oui").quarantined
    assert len(aside.reasons) == 3 and aside.case_id == "C-1"


@pytest.mark.parametrize("vital", [vital.name for vital in VITALS])
@pytest.mark.parametrize("beyond", [-0.01, 0.0, 0.01])
def test_a_row_is_refused_exactly_when_the_form_would_refuse_it(tmp_path: Path, vital: str, beyond: float) -> None:
    for bound in next(v for v in VITALS if v.name == vital).hard:
        value = bound + beyond
        no_pressure = {"pression_systolique": "", "pression_diastolique": ""}
        dataset = _read_beside_a_sound_row(tmp_path, **(no_pressure | {vital: repr(value)}))
        request = {"age": 45, "sexe": "F", "constantes": {vital: value}}
        try:
            parse_patient(request, load_rulebook())
            is_refused = False
        except InvalidPatient:
            is_refused = True
        assert bool(dataset.quarantined) == is_refused


def test_a_table_without_a_column_is_refused_with_the_difference(tmp_path: Path) -> None:
    renamed = (*(c for c in TABLE_COLUMNS if c != "glasgow"), "gcs")
    with pytest.raises(DatasetError, match=r"lacks the columns \['glasgow'\].*\['gcs'\]"):
        read_table(a_table(tmp_path, a_row(), columns=renamed))


def test_a_table_without_a_usable_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no usable row"):
        read_table(a_table(tmp_path, a_row(sexe="X")))


def test_an_absent_or_empty_file_is_refused_in_our_words(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    for name in ("absent.csv", "empty.csv"):
        with pytest.raises(DatasetError, match="cannot be read"):
            read_table(tmp_path / name)


def test_column_order_never_matters(tmp_path: Path) -> None:
    straight = read_table(a_table(tmp_path, a_row())).frame
    turned = read_table(a_table(tmp_path, a_row(), columns=TABLE_COLUMNS[::-1])).frame
    pd.testing.assert_frame_equal(straight, turned)


def test_the_frozen_fifth_is_a_fifth_and_never_moves() -> None:
    cases = [f"SYN-{number:06d}" for number in range(1, 10_001)]
    frozen = are_frozen(case_digests(pd.Series(cases, dtype="str")))
    assert 0.18 < np.mean(frozen) < 0.22
    assert [number for number in range(1, 21) if frozen[number - 1]] == FROZEN_OF_THE_FIRST_TWENTY
    assert [is_frozen(case) for case in cases[:20]] == list(frozen[:20])


def test_split_parts_every_row_by_its_case_whatever_the_order(tmp_path: Path) -> None:
    rows = [a_row(case_id=f"SYN-{number:06d}") for number in range(1, 21)]
    train, frozen = split(read_table(a_table(tmp_path, *rows[::-1])).frame)
    assert sorted(frozen["case_id"]) == [f"SYN-{number:06d}" for number in FROZEN_OF_THE_FIRST_TWENTY]
    assert len(train) + len(frozen) == 20 and list(train.index) == list(range(len(train)))


def test_corrections_take_the_shape_of_the_base_table(tmp_path: Path) -> None:
    base = read_table(a_table(tmp_path, a_row())).frame
    correction = {"case_id": "P-1", "age": 70.0, "sexe": "M", "glasgow": 14, "gravite": "JAUNE", "traumatisme": False}
    added = corrections_to_frame([correction | {"weight": 2.0, "glycemie": None, "temperature": float("nan")}])
    assert added.quarantined == ()
    assert tuple(added.frame.columns) == TABLE_COLUMNS
    assert added.frame.at[0, "glasgow"] == 14 and np.isnan(added.frame.at[0, "temperature"])
    assert added.frame.at[0, "traumatisme"] is False and pd.isna(added.frame.at[0, "motif_id"])
    assert dict(pd.concat([base, added.frame]).dtypes) == dict(base.dtypes)


def test_a_faulty_correction_is_set_aside_and_no_correction_gives_an_empty_table() -> None:
    faulty = corrections_to_frame([{"case_id": "P-1", "age": 70, "sexe": "M", "gravite": "JAUNE", "glasgow": 1}])
    assert len(faulty.frame) == 0 and faulty.quarantined[0].case_id == "P-1"
    assert corrections_to_frame([]).frame.shape == (0, len(TABLE_COLUMNS))


def test_a_correction_without_its_answer_is_refused() -> None:
    with pytest.raises(DatasetError, match="gravite"):
        corrections_to_frame([{"case_id": "P-1", "age": 70, "sexe": "M"}])


# Computed once from the salt; a change here means that frozen cases would be trained on.
FROZEN_OF_THE_FIRST_TWENTY = [4, 15]
