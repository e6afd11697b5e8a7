"""The department's protocols: found by French words in any form, cited by page, and never in the way of triage."""

import time
from pathlib import Path

import pytest
from fpdf import FPDF

from app.protocols import reading
from app.protocols.library import ProtocolLibrary, stems
from app.protocols.reading import stamp_of

STROKE = """# Filière AVC
Présentation générale du service.

## Déficit de moins de 4 h 30
Appeler le neurologue au 15 15 : la thrombolyse ne doit pas attendre. Glycémie capillaire d'emblée.

## Déficit ancien
Scanner dans la journée.
"""


@pytest.fixture
def library(tmp_path: Path) -> ProtocolLibrary:
    folder = tmp_path / "protocols"
    folder.mkdir()
    (folder / "avc.md").write_text(STROKE, encoding="utf-8")
    a_pdf(
        folder / "sepsis.pdf", ["Sepsis : definition et scores.", "Antibiotiques dans l'heure devant un choc septique."]
    )
    found = ProtocolLibrary(folder)
    found.refresh()
    return found


def a_pdf(path: Path, pages: list[str]) -> None:
    sheet = FPDF()
    sheet.set_font("Helvetica", size=12)
    for text in pages:
        sheet.add_page()
        sheet.multi_cell(0, 8, text)
    sheet.output(str(path))


@pytest.mark.parametrize("words", ["thrombolyses", "THROMBOLYSE", "déficits neurologues", "deficit de moins de 4 h 30"])
def test_any_form_of_the_words_finds_the_section(library: ProtocolLibrary, words: str) -> None:
    hit = library.search(words)[0]
    assert (hit.passage.file, hit.passage.section) == ("avc.md", "Déficit de moins de 4 h 30")


def test_a_pdf_is_cited_by_its_page_with_the_sentence_that_answers(library: ProtocolLibrary) -> None:
    hit = library.search("antibiotique choc septique")[0]
    assert (hit.passage.file, hit.passage.page) == ("sepsis.pdf", 2)
    assert hit.excerpt.startswith("Antibiotiques dans l'heure")


@pytest.mark.parametrize("words", ["", "   ", "de la des", '"', "AND NOT *", "zzzz"])
def test_words_that_say_nothing_find_nothing(library: ProtocolLibrary, words: str) -> None:
    assert library.search(words) == ()


def test_a_new_file_is_found_without_restart_while_the_old_index_answers(library: ProtocolLibrary) -> None:
    (library.folder / "brulure.md").write_text("# Brûlures\nRefroidir à 15 degrés.", encoding="utf-8")
    assert library.search("thrombolyse")
    for _ in range(100):
        if library.search("brûlé refroidir"):
            return
        time.sleep(0.05)
    raise AssertionError("the new protocol was never found")


def test_what_cannot_be_read_is_named_and_the_rest_is_searched(
    library: ProtocolLibrary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (library.folder / "casse.pdf").write_bytes(b"%PDF-1.4 nothing")
    (library.folder / "latin.md").write_bytes(b"\xff\xfe\xff")
    (library.folder / "vide.md").write_text("# Titre seul\n", encoding="utf-8")
    (library.folder / "lien.md").symlink_to(library.folder / "avc.md")
    monkeypatch.setattr(reading, "LARGEST_BYTES", 10_000)
    (library.folder / "grand.md").write_text("x" * 20_000, encoding="utf-8")
    library.refresh()
    told = {found.file: found.reason for found in library.unreadable}
    assert told == {"casse.pdf": "pdf", "grand.md": "large", "latin.md": "text", "vide.md": "empty"}
    assert [r.exc_info[0] for r in caplog.records if r.message == "protocol_unreadable" and r.exc_info][-1] is (
        UnicodeDecodeError
    )
    assert library.search("thrombolyse")


def test_a_file_that_the_disk_keeps_back_is_not_called_damaged(
    library: ProtocolLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refused)
    (library.folder / "neuf.md").touch()
    library.refresh()
    assert {found.reason for found in library.unreadable} == {"closed"}


def test_no_folder_is_no_protocol_and_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    nothing = ProtocolLibrary(tmp_path / "absent")
    nothing.refresh()
    assert nothing.is_empty and nothing.search("avc") == () and stamp_of(tmp_path / "absent") == ()
    (tmp_path / "file").write_text("x")
    broken = ProtocolLibrary(tmp_path / "file")
    broken.refresh()
    assert broken.fault == "Not a directory" and broken.search("avc") == ()


def test_accents_case_and_ligatures_do_not_matter() -> None:
    assert stems("Œdème du poumon") == stems("OEDEMES poumons")


def test_a_long_passage_is_cut_at_a_word(tmp_path: Path) -> None:
    (tmp_path / "long.md").write_text("# Titre\n" + "surveillance rapprochée " * 100, encoding="utf-8")
    library = ProtocolLibrary(tmp_path)
    library.refresh()
    assert library.search("surveiller")[0].excerpt.endswith("rapprochée …")
