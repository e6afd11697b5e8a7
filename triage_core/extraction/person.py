"""Who the note is about: age in years and sex; never the age at which something happened, never a relative's."""

from datetime import date

from triage_core.extraction.birth import Found, age_from_birth
from triage_core.extraction.note import Note
from triage_core.extraction.numbers import is_of_something_else
from triage_core.extraction.tokens import Kind
from triage_core.features import BY_NAME

_UNITS = (("age.annees", 1.0), ("age.mois", 1 / 12), ("age.semaines", 7 / 365.25), ("age.jours", 1 / 365.25))
_LETTERS = {"h": "M", "m": "M", "f": "F"}
_BORDERS = frozenset({"", ",", ".", ";", "\n"})
_NAME_WORDS = 4  # words that may stand between « Mme » and her age
_COMMAS = frozenset({",", ":", "-", "/", "(", ")"})
_OLDEST_BARE = 120
_ADULT = 15
_ABBREVIATION = 4  # letters
_PERSONS = ("sexe.enfants", "sexe.patients", "sexe.metiers", "sexe.malades")


def find_sex(note: Note) -> Found | None:
    """The first sex said of the patient: a word (« Mme ») or a letter beside the age (« H 65 », « 65F »)."""
    for place in note.free_places():
        for name, value in (("sexe.hommes", "M"), ("sexe.femmes", "F")):
            length = note.has(name, place)
            if length and not _is_of_another(note, place):
                return Found(value, place, place + length)
        if note.word(place) in _LETTERS and _is_sex_letter(note, place):
            return Found(_LETTERS[note.word(place)], place, place + 1)
        if note.word(place) == "patient" and _starts_an_age(note, place + 1):
            return Found("M", place, place + 1)
    return None


def find_age(note: Note, sex: Found | None, today: date | None) -> Found | None:
    """The first age said of the patient; a date of birth counts when ``today`` is known."""
    for place in note.free_places():
        if length := note.has("age.naissance", place):
            born = age_from_birth(note, place, place + length, today)
            if born is not None:
                return born
        if day := _day_of_life(note, place):
            return day
        if not note.is_number(place) or note.tokens[place].value is None:
            continue
        found = _with_unit(note, place, sex) or _bare(note, place, sex)
        if found is not None and isinstance(found.value, float) and found.value <= BY_NAME["age"].hard[1]:
            return Found(found.value, _with_its_word(note, found.start), found.end)
    return None


def _day_of_life(note: Note, place: int) -> Found | None:
    """« NN J12 », « J3 de vie »."""
    if note.word(place) != "j" or not note.is_number(place + 1) or not note.is_glued(place + 1):
        return None
    value, of_life = note.tokens[place + 1].value, note.word(place + 2) == "de" and note.word(place + 3) == "vie"
    is_newborn = note.has("sexe.nouveaux_nes", place - 1) or of_life
    if not is_newborn or value is None:
        return None
    return Found(round(value / 365.25, 4), place, place + 2 + 2 * of_life)


def _with_its_word(note: Note, start: int) -> int:
    """« âgée de » belongs to the age."""
    back = start - 1
    while note.word(back) in {"de", ":", "="} and note.is_free(back):
        back -= 1
    if note.word(back) in {"age", "agee", "aged"} and note.is_free(back):
        return back
    return start - 1 if note.word(start - 1) == "de" and note.is_free(start - 1) else start


def _is_of_another(note: Note, place: int) -> bool:
    """« sa femme », « par un homme »: somebody else."""
    if place + 1 < len(note.tokens) and note.tokens[place + 1].kind is Kind.PHONE:
        return True
    before, earlier = note.word(place - 1), note.word(place - 2)
    if before in {"la", "le"} and earlier in {"de", "par"}:  # « appel de la fille »
        return True
    if note.has("sexe.possessifs", place - 1) and before not in {"l'", "the"}:
        return True
    return earlier in {"par", "avec", "by", "sa", "contre", "d'"} or before in {"par", "de", "avec", "contre"}


def _is_sex_letter(note: Note, place: int) -> bool:
    """A single capital beside an age: before a bare number or behind one, at a border."""
    written = note.written(place)
    if note.word(place - 1) in {"'", "°"}:
        return False
    dotted = note.is_isolated(place) and note.word(place + 1) == "." and note.is_number(place + 2)
    if dotted and _unit_at(note, place + 3) is not None:  # « m. 80 ans »
        return True
    if "sex" in {note.word(place - 1)[:3], note.word(place - 2)[:3] if note.word(place - 1) in _COMMAS else ""}:
        return True
    if written == "M" and note.word(place + 1) == "." and (note.is_word(place + 2) or note.is_number(place + 2)):
        return note.is_isolated(place)
    after = place + 1 + (note.word(place + 1) in _COMMAS)
    if about := note.has("liens.approximations", after):  # « H env. 50 ans »
        after += about + (note.word(after + about) == ".")
    alone = note.word(place - 1) in _BORDERS and note.word(after + 1) in _BORDERS and _is_no_hour(note, after)
    in_years = alone or (note.is_isolated(place) and _unit_at(note, after + 1) is not None)  # « h 70 ans », « , h 69. »
    is_said = written.isupper() or place == 0 or in_years
    if _is_age_number(note, after) and is_said and _may_begin(note, place, after):
        return _unit_at(note, after + 1) is not None or not is_of_something_else(note, after + 1)
    alone = note.word(place) != "m" and note.is_isolated(place) and note.word(place + 1) in _BORDERS
    return written.isupper() and ((alone and written == note.word(place).upper()) or _ends_an_age(note, place))


def _is_no_hour(note: Note, place: int) -> bool:
    """« h 69 » in small letters; « h 3 », « h 24 », « h1 » may be hours."""
    value = note.tokens[place].value if note.is_number(place) and not note.is_glued(place) else None
    return value is not None and value >= _ADULT and value % 24 != 0


def _may_begin(note: Note, place: int, number: int) -> bool:
    """Behind a border, before years, or a capital among small letters: « malaise H 61 »; « H 24 » is no age."""
    if note.is_isolated(place) or (note.word(place) != "m" and note.has("age.annees", number + 1)):
        return True
    if note.word(place) == "m" or note.is_glued(number) or note.word(number) == "24":
        return False
    before = note.written(place - 1)  # « TC H 63 »: an abbreviation; in a note all in capitals a letter may be anything
    return not before.isupper() or (len(before) <= _ABBREVIATION and _is_no_hour(note, number))


def _ends_an_age(note: Note, place: int) -> bool:
    """« 65F », « 65 ans H », « 65/F » at the start of the note or behind a border."""
    if note.word(place + 1) in {"de", "d"} or (note.is_number(place + 1) and note.is_glued(place + 1)):
        return False
    back = place - 1 - (note.word(place - 1) in _COMMAS)
    if not note.is_number(back):
        back = next(
            (at for at in range(back, max(-1, back - 4), -1) if note.is_number(at) and _unit_at(note, at + 1)), -1
        )
        return back >= 0 and (note.is_isolated(back) or _is_a_person(note, back - 1))
    ends = note.word(place + 1) in _BORDERS
    return _is_age_number(note, back) and note.is_isolated(back) and (back <= 2 or (note.is_glued(place) and ends))


def _starts_an_age(note: Note, place: int) -> bool:
    place += note.has("age.mots", place)
    place += note.word(place) == "de"
    return note.is_number(place) and _unit_at(note, place + 1) is not None


def _is_age_number(note: Note, place: int) -> bool:
    if not note.is_number(place) or not note.is_free(place):
        return False
    value = note.tokens[place].value
    return value is not None and value == int(value) and value <= _OLDEST_BARE


def _unit_at(note: Note, place: int) -> tuple[float, int] | None:
    """Years in one of this unit and its length; « a » counts only glued to its number (« 65a »)."""
    for name, years in _UNITS:
        if length := note.has(name, place):
            return years, length
    if note.word(place) == "a" and (note.is_glued(place) or note.is_number(place + 1)):
        return 1.0, 1
    return None


def _with_unit(note: Note, place: int, sex: Found | None) -> Found | None:
    unit = _unit_at(note, place + 1)
    if unit is None or not _is_said_of_the_patient(note, place, place + 1 + unit[1], unit[0], sex):
        return None
    years, end = (note.tokens[place].value or 0) * unit[0], place + 1 + unit[1]
    if half := note.has("age.demi", end):
        return Found(round(years + unit[0] / 2, 4), place, end + half)
    more = end + (note.word(end) == "et")
    smaller = _unit_at(note, more + 1) if note.is_number(more) else None
    if smaller is not None and smaller[0] < unit[0] and (value := note.tokens[more].value) is not None:
        return Found(round(years + value * smaller[0], 4), place, more + 1 + smaller[1])
    return Found(round(years, 4), place, end)


def _is_said_of_the_patient(note: Note, place: int, end: int, unit: float, sex: Found | None) -> bool:
    """By what stands around: « homme de 65 ans », « âgée de 80 ans », « bébé 3 sem », the start of the note."""
    is_half = note.word(place - 1) == "x" or (note.word(place - 1) == "/" and note.is_number(place - 2))
    is_persons = sex is not None and place in {sex.end, sex.end + 1}  # « homme 50 ans de retour de voyage »
    if is_half or (note.word(end) in {"de", "d"} and note.word(end + 1) != "sexe" and not is_persons):
        return False
    if _is_age_of_another(note, place, sex) or _stands_before_the_age(note, place, sex):
        return False
    if (sex is not None and sex.start in {end, end + 1}) or note.word(end) in {"masculin", "feminin"}:
        return note.word(place - 1) not in {"depuis", "a", "pendant"}
    back = place - 1
    while back >= 0 and note.word(back) in {"de", "d", "'", ",", "(", ":", "/", "age", "agee", "-"}:
        if note.word(back) in {"age", "agee"} and not (note.word(back - 1) == "l" or note.word(back - 1) == "'"):
            return True
        back -= 1
    if back < 0:
        return unit >= 1 / 12 or sex is not None
    if _names_a_patient(note, back, place, sex):
        return True
    bordered = place - 1 >= 0 and (note.word(place - 1) in {",", ".", "\n", "("} or place - 1 in note.taken)
    return unit == 1.0 and bordered and note.word(end) in {"", ",", ".", "\n", ")"}


def _stands_before_the_age(note: Note, place: int, sex: Found | None) -> bool:
    """« box 12 : H 54a », « constipation 8 j, H 82 ans »: the sex has an age of its own behind it."""
    if sex is None or place >= sex.start:
        return False
    age = sex.end + (note.word(sex.end) in _COMMAS)
    return _is_age_number(note, age) and _unit_at(note, age + 1) is not None


def _is_age_of_another(note: Note, place: int, sex: Found | None) -> bool:
    """« sa fille 55 ans »."""
    before = place - 1 - (note.word(place - 1) == "de")
    groups = ("sexe.hommes", "sexe.femmes", "famille.parents")
    is_person = before >= 0 and any(note.has(group, before) for group in groups)
    return is_person and not (sex is not None and sex.end - 1 == before)


def _names_a_patient(note: Note, back: int, place: int, sex: Found | None) -> bool:
    """Whether « patient », a child or the patient's sex stands just before, or « Mme X » a few words before."""
    if sex is not None and sex.end - 1 == back:
        return True
    if _is_a_person(note, back):
        return True
    named = sex is not None and sex.end <= back < sex.end + _NAME_WORDS
    between = range(sex.end, place) if sex is not None and named else range(0)
    return named and all(_is_name(note, at) for at in between)


def _is_a_person(note: Note, end: int) -> bool:
    """Whether a word for somebody ends here: « enfant », « patient », « menuisier », « DID »."""
    return any(
        length and at + length - 1 == end
        for group in _PERSONS
        for at in range(max(0, end - 2), end + 1)
        if (length := note.has(group, at))
    )


def _is_name(note: Note, place: int) -> bool:
    word = note.written(place)
    return word[:1].isupper() or not word[:1].isalpha() or bool(note.has("sexe.qualites", place))


def _bare(note: Note, place: int, sex: Found | None) -> Found | None:
    """« H 65 », « 65F », « âge : 65 »: a whole number beside the sex or behind the word « âge »."""
    if not _is_age_number(note, place) or _is_counted(note, place + 1, sex):
        return None
    if _stands_before_the_age(note, place, sex):
        return None
    if note.is_glued(place) and note.is_word(place - 1) and not (sex is not None and sex.end == place):
        return None
    value = float(note.tokens[place].value or 0)
    labelled = any(note.has("age.mots", at) == place - at for at in range(max(0, place - 3), place))
    beside = sex is not None and (
        (sex.start in {place + 1, place + 2} and (place + 1 == sex.start or note.word(place + 1) in _COMMAS))
        or sex.end == place or (sex.end == place - 1 and note.word(place - 1) in _COMMAS)
    )  # fmt: skip
    return Found(value, place, place + 1) if labelled or beside else None


def _is_counted(note: Note, place: int, sex: Found | None) -> bool:
    """A dose, a room (« box 3, H »), half of a date: whatever counts something else."""
    if note.has("age.lieux", place - 2) or (note.word(place - 2) == "/" and note.is_number(place - 3)):
        return True
    if sex is not None and place in {sex.start, sex.start - 1}:
        return False
    return is_of_something_else(note, place) or (note.word(place) in {"/", "-"} and note.is_number(place + 1))
