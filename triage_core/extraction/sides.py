"""What a short label may be instead of one: an age beside its sex, a side (« cheville G »), a gestity, a glucose."""

from triage_core.extraction.note import Note

_OLDEST = 120
_WORST, _BEST = 3, 15  # of the Glasgow scale
_MOST_BIRTHS = 20
_REACH = 4  # words back in which a body part makes « G » a side
_SEX_LETTERS = frozenset({"h", "f", "m"})


def is_bare_age(note: Note, place: int) -> bool:
    """« H 44 », « femme 44 » : a number right behind the sex."""
    value = note.tokens[place].value if note.is_number(place) else None
    if value is None or value != int(value) or value > _OLDEST:
        return False
    letter = note.word(place - 1) in _SEX_LETTERS and (note.is_isolated(place - 1) or note.written(place - 1).isupper())
    return letter or bool(note.has("sexe.hommes", place - 1) or note.has("sexe.femmes", place - 1))


def is_no_glasgow(note: Note, place: int) -> bool:
    """Whether the « G » before a number is a gestity, a glucose, a place, a side or a unit; in doubt it is."""
    if _is_gestity(note, place) or _is_infused(note, place) or note.has("age.lieux", place - 1):
        return True
    if note.is_glued(place + 1) or note.is_isolated(place):
        return False
    value = note.tokens[place + 1].value if note.is_number(place + 1) else None
    if value is None or not _WORST <= value <= _BEST:
        return True
    if note.is_number(place - 1):
        return not is_bare_age(note, place - 1)
    before = range(max(note.clause_start(place), place - _REACH), place)
    return any(note.has("etiquettes.cotes", at) for at in before)


def _is_gestity(note: Note, place: int) -> bool:
    """« G2P1 », « G 3 P 2 »."""
    births = note.tokens[place + 3].value if note.is_number(place + 3) else None
    return note.word(place + 2) == "p" and births is not None and births <= _MOST_BIRTHS


def _is_infused(note: Note, place: int) -> bool:
    before, after = note.has("etiquettes.apres_une_perfusion", place - 1), place + 2
    return bool(before or note.has("etiquettes.avant_une_perfusion", after))
