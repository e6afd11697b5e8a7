"""A header in French, in English or in our own words is recognised; what it leaves open is asked, never assumed."""

from pathlib import Path

import pandas as pd
import pytest

from triage_core.errors import DatasetError
from triage_core.history.guess import guess, plain
from triage_core.history.sniff import sniff
from triage_core.history.source import headers, parts

ENGLISH = "Age,Sex,HR,SBP,DBP,RR,Temperature,SpO2,Chief complaint,ESI\n65,M,80,120,70,16,37.0,98,fall,3\n"
FRENCH = (
    "Âge;Sexe;FC;PAS;PAD;FR;Température;SpO₂;EVA;Motif de recours;Gravité\n65;H;80;120;70;16;37,2;98;2;chute;VERT\n"
)


def a_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "site.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_an_english_header_is_recognised_with_its_scale(tmp_path: Path) -> None:
    told = guess(a_file(tmp_path, ENGLISH))
    assert told.mapping.columns["frequence_cardiaque"] == "HR"
    assert told.mapping.columns["motif_consultation"] == "Chief complaint"
    assert (told.mapping.scales, told.remarks, told.is_ours) == ({"gravite": "ESI"}, (), False)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_french_header_is_recognised_with_decimal_commas_and_semicolons(tmp_path: Path, encoding: str) -> None:
    told = guess(a_file(tmp_path, FRENCH, encoding)).mapping
    assert (told.file.encoding, told.file.delimiter, told.file.decimal) == (encoding, ";", ",")
    assert told.columns["temperature"] == "Température"
    assert told.codes["sexe"] == {"M": ("H",)}
    assert told.scales == {"gravite": "gravity"}


def test_what_the_file_leaves_open_is_said(tmp_path: Path) -> None:
    text = "Sexe,Niveau de tri,Temperature,Other\n1,3,98.6,x\n2,2,99.0,y\n"
    told = guess(a_file(tmp_path, text))
    assert told.mapping.columns["gravite"] == "Niveau de tri"
    said = "; ".join(told.remarks)
    for words in (
        "age: no column",
        "gravite: declare its scale",
        "sexe: 2 code(s)",
        "temperature: the values look like °F",
    ):
        assert words in said
    assert told.unused == ("Other",)


def test_a_table_with_our_columns_needs_no_confirmation() -> None:
    told = guess(Path(__file__).parents[3] / "data" / "raw" / "patients_synthetic.csv")
    assert told.is_ours


def test_a_parquet_with_types_of_its_own_is_understood(tmp_path: Path) -> None:
    dates = pd.to_datetime(["2000-01-01", "1990-05-05"])
    frame = pd.DataFrame(
        {"dob": dates, "visit date": pd.to_datetime(["2020-01-01"] * 2), "sex": ["F", "M"], "acuity": [1, 3]}
    )
    frame.to_parquet(tmp_path / "site.parquet")
    told = guess(tmp_path / "site.parquet").mapping
    assert told.age_from is not None and told.columns["gravite"] == "acuity"
    (part,) = parts(tmp_path / "site.parquet", told.file, told.sources)
    assert len(part) == 2


@pytest.mark.parametrize("content", ["", "\n", "a,b\n1,2\n"])
def test_a_file_in_which_nothing_is_recognised_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(DatasetError):
        guess(a_file(tmp_path, content))


def test_a_file_that_cannot_be_read_is_refused_in_our_words(tmp_path: Path) -> None:
    absent = tmp_path / "absent.csv"
    form = sniff(a_file(tmp_path, ENGLISH))
    for look in (lambda: sniff(absent), lambda: headers(absent, form), lambda: list(parts(absent, form, ["Age"]))):
        with pytest.raises(DatasetError, match="cannot be read"):
            look()


def test_headers_are_compared_without_accents_case_and_marks() -> None:
    assert plain("  Fréquence-Cardiaque (/min)") == "frequence cardiaque min"
