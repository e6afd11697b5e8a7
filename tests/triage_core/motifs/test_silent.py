"""A damaged table of words never stops triage: the motif is chosen from the list, or unknown."""

from pathlib import Path

import pytest

from tests.builders import a_request
from triage_core.model.served import ServedModel
from triage_core.motifs import search
from triage_core.motifs.silent import search_or_silence
from triage_core.motifs.synonyms import PACKAGED, load_synonyms
from triage_core.rules.catalog import load_rulebook
from triage_core.service import TriageService

SOUND = PACKAGED.read_bytes()


@pytest.mark.parametrize(
    "content", [None, b"", SOUND[: len(SOUND) // 2], b"\xff\xfe", b"mots = 3\n", b"[mots]\n[negation]\nfausses = 1\n"]
)
def test_triage_goes_on_without_the_table(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "synonyms.toml"
    if content is not None:
        table.write_bytes(content)
    monkeypatch.setattr(search, "load_synonyms", lambda: load_synonyms(table))
    book = load_rulebook()
    silent, fault = search_or_silence(book)
    assert fault
    service = TriageService(book, silent, ServedModel(tmp_path))
    told = service.triage(a_request(motif_id=None, motif_consultation="douleur thoracique"))
    assert (told.motif_id, told.french_level.value, told.provisional) == (None, "3B", True)
    assert service.triage(a_request(motif_id="arret_cardiorespiratoire")).french_level.value == "1"


def test_a_sound_table_has_no_fault() -> None:
    found, fault = search_or_silence(load_rulebook())
    assert fault is None and found.recognise("douleur thoracique")
