"""How it began and how the patient came: time since onset, mode of arrival, injury or not."""

from triage_core.extraction.birth import Found
from triage_core.extraction.note import Note
from triage_core.features import BY_NAME

_HOURS = (
    ("duree.heures", 1.0), ("duree.minutes", 1 / 60), ("duree.jours", 24.0), ("duree.semaines", 168.0),
    ("duree.mois", 730.5), ("duree.annees", 8766.0),
)  # fmt: skip
_RANGES = frozenset({"-", "a", "/", "ou", "to", "or"})
_CONTEXT = 6  # words before « il y a » that may say it is about something past
_LONGEST_AGO_H = 24 * 14.0


def find_duration(note: Note) -> Found | None:
    """Hours since onset: the first « depuis 2 h »; « environ », ranges and what is long past give none."""
    for place in note.free_places():
        since = note.has("duree.depuis", place)
        ago = 0 if since else note.has("duree.il_y_a", place)
        if not since and not ago:
            continue
        read = _amount(note, place + (since or ago))
        if read is None or not note.is_free_between(place, read[1]):
            continue
        hours, end = read
        if ago and (hours > _LONGEST_AGO_H or _is_past(note, place)):
            continue
        if since and hours >= 8766.0 and _is_past(note, place):
            continue
        low, high = BY_NAME["duree_symptomes_h"].hard
        if low <= hours <= high:
            return Found(round(hours, 2), place, end)
    return None


def _amount(note: Note, place: int) -> tuple[float, int] | None:
    """« 2 h », « 2h30 », « une semaine », « 1/2 h », « 45 min »: hours and the token after."""
    number, end = _count(note, place)
    if number is None or note.word(end) in _RANGES:
        return None
    for name, hours in _HOURS:
        if length := note.has(name, end):
            minutes = end + length
            if name == "duree.heures" and note.is_number(minutes) and note.is_glued(minutes) and note.is_glued(end):
                value = note.tokens[minutes].value
                return (number + value / 60, minutes + 1) if value is not None and value < 60 else None
            if half := note.has("age.demi", minutes):
                return (number + 0.5) * hours, minutes + half
            return None if note.word(minutes) in _RANGES and note.is_number(minutes + 1) else (number * hours, minutes)
    return None


def _count(note: Note, place: int) -> tuple[float | None, int]:
    if note.word(place) == "1" and note.word(place + 1) == "/" and note.word(place + 2) == "2":
        return 0.5, place + 3
    if note.word(place) in {"une", "un"} and note.word(place + 1) == "demi":
        return 0.5, place + 2 + (note.word(place + 2) == "-")
    if note.word(place) == "demi":
        return 0.5, place + 1 + (note.word(place + 1) == "-")
    if note.is_number(place):
        return note.tokens[place].value, place + 1
    return note.words.numbers.get(note.word(place)), place + 1


def _is_past(note: Note, place: int) -> bool:
    start = max(note.clause_start(place), place - _CONTEXT)
    return any(note.has("duree.passe", at) for at in range(start, place))


def find_arrival(note: Note) -> Found | None:
    """The first mode of arrival that is said as one: « amené par les pompiers », « SMUR », « venue à pied »."""
    for place in note.free_places():
        behind = note.words.sets["arrivee.apres"].at(note.tokens, place)
        if behind is not None and _is_brought(note, place):
            return Found(behind[0], place, place + behind[1])
        alone = note.words.sets["arrivee.seules"].at(note.tokens, place)
        if alone is not None and not _is_called(note, place):
            return Found(alone[0], place, place + alone[1])
    return None


def _is_brought(note: Note, place: int) -> bool:
    """Somebody comes or is brought in the words just before: « accident en voiture » is no arrival."""
    before = range(max(note.clause_start(place), place - 4), place)
    if any(note.has("arrivee.pas_apres", at) for at in before):
        return False
    return any(note.has("arrivee.pour_de_bon", at) for at in before)


def _is_called(note: Note, place: int) -> bool:
    before = range(max(note.clause_start(place), place - 4), place)
    return any(note.has("arrivee.pas_apres", at) for at in before)


def find_trauma(note: Note) -> tuple[bool, int, int] | None:
    """Injury said or denied; « chute de tension » is none. The words stay free for the reason."""
    for place in range(len(note.tokens)):
        if place in note.refused or note.has("traumatisme.jamais", place):
            continue
        if length := note.has("traumatisme.non", place):
            return False, place, place + length
        length = note.has("traumatisme.oui", place)
        if length and not note.has("traumatisme.jamais", place) and note.word(place - 1) not in {"sans", "pas", "ni"}:
            return True, place, place + length
    return None
