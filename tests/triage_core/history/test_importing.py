"""A foreign file is understood as declared and no further: what is not declared is reported, never converted."""

import json
from pathlib import Path

import pandas as pd
import pytest

from triage_core.errors import DatasetError
from triage_core.history import importing
from triage_core.history.guess import guess
from triage_core.history.importing import Imported, import_history, preview
from triage_core.history.mapping import Mapping, parse_mapping, read_mapping, to_toml
from triage_core.training.dataset import read_table

BASE = {"age": "Age", "sexe": "Sex", "gravite": "Level"}


def a_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "site.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def bring(folder: Path, text: str, columns: dict[str, str] | None = None, **declared: object) -> Imported:
    mapping = parse_mapping({"columns": BASE | (columns or {}), **declared}, "test")
    return import_history(a_file(folder, text), mapping, folder / "imports")


def table(done: Imported) -> pd.DataFrame:
    return read_table(done.target).frame


@pytest.mark.parametrize(
    ("name", "unit", "theirs", "ours"),
    [
        ("temperature", "°F", "98.6", 37.0),
        ("glycemie", "mmol/L", "5.55", 1.0),
        ("glycemie", "mg/dL", "90", 0.9),
        ("pression_systolique", "cmHg", "12", 120.0),
        ("pression_systolique", "kPa", "16", 120.009872),
        ("saturation_oxygene", "fraction", "0.97", 97.0),
        ("echelle_douleur", "/100", "70", 7.0),
        ("duree_symptomes_h", "min", "90", 1.5),
    ],
)
def test_a_declared_unit_is_converted(tmp_path: Path, name: str, unit: str, theirs: str, ours: float) -> None:
    done = bring(tmp_path, f"Age,Sex,Level,X\n65,M,VERT,{theirs}\n", {name: "X"}, units={name: unit})
    assert table(done).at[0, name] == ours
    assert done.report.suspected == ()


@pytest.mark.parametrize(
    ("name", "theirs", "said"),
    [
        ("temperature", "98.6", "°F"),
        ("glycemie", "5.5", "mmol/L"),
        ("saturation_oxygene", "0.97", "fraction"),
        ("pression_systolique", "12", "cmHg or kPa"),
    ],
)
def test_an_undeclared_unit_is_reported_and_never_converted(tmp_path: Path, name: str, theirs: str, said: str) -> None:
    sound = "65,M,VERT,\n66,F,GRIS,\n"
    done = bring(tmp_path, f"Age,Sex,Level,X\n{sound}67,M,VERT,{theirs}\n", {name: "X"})
    assert f"{name}: the values look like {said}" in done.report.suspected[0]
    kept = table(done)[name].dropna()
    assert list(kept) in ([], [float(theirs)])


@pytest.mark.parametrize(("unit", "theirs", "years"), [("months", "6", 0.5), ("days", "365.25", 1.0)])
def test_an_age_in_months_or_days_is_converted_when_declared(
    tmp_path: Path, unit: str, theirs: str, years: float
) -> None:
    done = bring(tmp_path, f"Age,Sex,Level\n{theirs},M,VERT\n", units={"age": unit})
    assert table(done).at[0, "age"] == years


def test_an_age_follows_from_birth_and_visit_and_an_unread_date_is_refused(tmp_path: Path) -> None:
    text = "B,V,Sex,Level\n01/06/2000,01/06/2020 14:30,M,VERT\n31/31/2000,01/06/2020 14:30,M,VERT\n"
    columns = {"sexe": "Sex", "gravite": "Level"}
    dates = {"birth": "B", "visit": "V", "format": "%d/%m/%Y"}
    done = import_history(a_file(tmp_path, text), Mapping(columns=columns, age_from=dates), tmp_path / "imports")
    assert table(done).at[0, "age"] == pytest.approx(20, abs=0.01)
    assert done.report.refused_by_reason == {"age: missing": 1, "age: dates not read": 1}


@pytest.mark.parametrize(
    ("scale", "theirs", "ours"),
    [("ESI", "1", "ROUGE"), ("KTAS", "2", "ROUGE"), ("CTAS", "3", "JAUNE"), ("MTS", "5", "GRIS"),
     ("FRENCH", "3a", "JAUNE"),
     ("gravity", "vert", "VERT")],
)  # fmt: skip
def test_a_declared_scale_is_read_as_our_gravity(tmp_path: Path, scale: str, theirs: str, ours: str) -> None:
    done = bring(tmp_path, f"Age,Sex,Level\n65,M,{theirs}\n", scales={"gravite": scale})
    assert list(table(done)["gravite"]) == [ours]
    assert table(done)["niveau_french"].isna().all()


def test_a_french_level_gives_the_gravity_and_a_level_without_a_scale_is_refused(tmp_path: Path) -> None:
    columns = {"age": "Age", "sexe": "Sex", "niveau_french": "Level"}
    path = a_file(tmp_path, "Age,Sex,Level\n65,M,3B\n66,M,7\n")
    done = import_history(path, Mapping(columns=columns), tmp_path / "imports")
    assert list(table(done)["gravite"]) == ["JAUNE"]
    assert done.report.refused_by_reason == {"niveau_french: unknown": 1, "gravite: missing": 1}
    with pytest.raises(DatasetError, match="gravite: unknown"):
        bring(tmp_path / "imports", "Age,Sex,Level\n65,M,3\n")


def test_words_are_read_by_their_codes_and_a_foreign_number_without_a_code_means_nothing(tmp_path: Path) -> None:
    text = "Age,Sex,Level,Inj\n65,1,VERT,2\n66,2,VERT,1\n67,2,VERT,\n"
    codes = {"sexe": {"M": ["1"], "F": ["2"]}, "traumatisme": {"true": ["2"]}}
    done = bring(tmp_path, text, {"traumatisme": "Inj"}, codes=codes)
    kept = table(done)
    assert (list(kept["sexe"]), list(kept["traumatisme"])) == (["M", "F"], [True, None])
    assert done.report.refused_by_reason == {"traumatisme: not true, false or empty": 1}


def test_free_words_become_a_motif_of_the_grid_and_unknown_ones_none(tmp_path: Path) -> None:
    text = "Age,Sex,Level,R\n65,M,VERT,douleur thoracique\n66,M,VERT,zzz\n67,M,VERT,\n"
    kept = table(bring(tmp_path, text, {"motif_consultation": "R"}))
    assert kept.at[0, "motif_id"] == "douleur_thoracique_sca"
    assert kept["motif_id"].isna().tolist() == [False, True, True]


def test_the_report_counts_by_reason_names_rows_and_holds_no_value(tmp_path: Path) -> None:
    text = "Age,Sex,Level,FC\n65,M,VERT,80\n65,M,VERT,80\n66,X,VERT,987\n67,M,VERT,galop\n"
    done = bring(tmp_path, text, {"frequence_cardiaque": "FC"})
    told = json.loads((tmp_path / "imports" / "site.report.json").read_text("utf-8"))
    assert (told["n_rows"], told["n_kept"], told["n_refused"], told["identical"]) == (4, 2, 2, 1)
    assert told["first_refused"][0] == [4, ["frequence_cardiaque: outside 0-350 /min", "sexe: missing or unknown"]]
    assert told["refused_by_reason"]["frequence_cardiaque: not a number"] == 1
    assert (told["missing"]["glycemie"], told["missing"]["frequence_cardiaque"]) == (1.0, 0.0)
    assert "987" not in json.dumps(told) and "galop" not in json.dumps(told)
    assert done.quarantine.count == 2


def test_a_long_table_becomes_parquet_the_same_bytes_each_time_and_is_trained_on_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PARQUET_FROM", 3)
    text = "Age,Sex,Level,Inj\n65,M,VERT,true\n66,F,ROUGE,\n67,F,ROUGE,false\n"
    mapping = Mapping(
        columns=BASE | {"traumatisme": "Inj"}, codes={"traumatisme": {"true": ["true"], "false": ["false"]}}
    )
    source = a_file(tmp_path, text)
    one, two = (import_history(source, mapping, tmp_path / name) for name in ("a", "b"))
    assert one.target.name == "site.parquet"
    assert one.target.read_bytes() == two.target.read_bytes()
    assert list(table(one)["traumatisme"]) == [True, None, False]
    assert list(table(one)["case_id"]) == ["site-00000000", "site-00000001", "site-00000002"]


def test_a_case_that_stands_twice_is_refused_across_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "parts", lambda *a: (p for p in real(*a, 2)))
    text = "Id,Age,Sex,Level\nA,65,M,VERT\nB,66,M,VERT\nC,67,M,VERT\nA,68,M,VERT\n"
    done = bring(tmp_path, text, {"case_id": "Id"})
    assert done.report.refused_by_reason == {"case_id: stands twice": 1}
    assert done.report.first_refused == ((5, ("case_id: stands twice",)),)


real = importing.parts


@pytest.mark.parametrize(
    ("text", "said"),
    [("Age,Sex\n1,M\n", "lacks the columns"), ("Age,Sex,Level\n65,X,VERT\n", "no usable row"),
     ("Age,Sex,Level\n", "no usable row")],
)  # fmt: skip
def test_a_file_that_gives_nothing_is_refused_and_leaves_nothing(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        bring(tmp_path, text)
    assert list((tmp_path / "imports").glob("*")) == []


def test_a_preview_of_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="holds no row"):
        preview(a_file(tmp_path, "Age,Sex,Level\n"), Mapping(columns=BASE), 5)


def test_a_mapping_without_age_sex_or_level_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no column for age, sexe, gravite"):
        import_history(tmp_path / "absent.csv", Mapping(columns={"glasgow": "GCS"}), tmp_path / "imports")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('[columns]\nfc = "FC"\n', "columns.fc: not a column of ours"),
        ('[columns]\n[units]\ntemperature = "K"\n', "units.temperature: 'K' is not one of"),
        ('[columns]\n[scales]\nage = "ESI"\n', "scales.age: not a label"),
        ('[columns]\n[codes.sexe]\nX = ["1"]\n', "codes.sexe.X: not a word of ours"),
        ('[columns]\nage = "A"\n[age_from]\nbirth = "B"\nvisit = "V"\n', "a column already"),
        ('[columns]\n[other]\nx = "1"\n', "other: Extra inputs"),
        ("[columns", "not a TOML file"),
        ("#" * 70_000, "at most"),
    ],
)
def test_a_faulty_mapping_file_is_refused_with_the_place_of_its_fault(tmp_path: Path, told: str, said: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(told, encoding="utf-8")
    with pytest.raises(DatasetError, match=said):
        read_mapping(path)


def test_a_guessed_mapping_is_the_same_after_writing_and_reading(tmp_path: Path) -> None:
    text = 'N° "dossier";DDN;Date entrée;Sexe;Temp (°F);Moyen arrivée;KTAS\n1;01/01/2000;02/01/2020;H;NA;VSAV;3\n'
    told = guess(a_file(tmp_path, text, "cp1252")).mapping
    path = tmp_path / "m.toml"
    path.write_text(to_toml(told), encoding="utf-8")
    assert read_mapping(path) == told
    assert told.age_from is not None and told.age_from.format == "%d/%m/%Y"
    assert told.codes["mode_arrivee"] == {"pompiers": ("VSAV",)}
    assert told.file.missing == ("NA",)
