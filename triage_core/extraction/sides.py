"""What a short label may be instead of one: an age beside its sex, a side (« cheville G »), a gestity, a glucose."""

from triage_core.extraction.note import Note

_OLDEST = 120
_SEX_LETTERS = frozenset({"h", "f", "m"})


def is_bare_age(note: Note, place: int) -> bool:
    """« H 44 », « femme 44 » : a number right behind the sex."""
    value = note.tokens[place].value if note.is_number(place) else None
    if value is None or value != int(value) or value > _OLDEST:
        return False
    letter = note.word(place - 1) in _SEX_LETTERS and note.is_isolated(place - 1)
    return letter or bool(note.has("sexe.hommes", place - 1) or note.has("sexe.femmes", place - 1))
