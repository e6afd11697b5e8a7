"""Whether a word found in a note bears on this patient and on now: a relative's drug, one stopped years ago do not."""

import re
from collections.abc import Collection, Sequence

from triage_core.motifs.text import normalise

Clauses = Sequence[Sequence[str]]
Place = tuple[int, int]  # clause, word

REACH = 3  # words between a word and what silences it
RECENT_WITHIN = 5  # words after « arrêt » in which « hier », « 2 jours » tell that it still acts

_KIN = """
    mari pere mere maman papa epoux epouse conjoint conjointe voisin voisine husband wife mother father neighbour
    neighbor grandmother grandfather
    """
_KIN_OR_PATIENT = """
    femme fille fils frere soeur copain copine ami amie tante oncle daughter son brother sister friend
    """
_TO = """
    est sont sous soustraitement traitement traite traitee prend par aussi a de d l du des un s is on takes was has
    """
_COMPANY = "avec accompagne accompagnee amene amenee par chez with by vit"
_STAYS = "pas plus non jamais ni not ne n est et sans aussi toujours never longer"
_OWNED, _MAYBE_PATIENT = frozenset(_KIN.split()), frozenset(_KIN_OR_PATIENT.split())
_LINKS, _BESIDE, _NO_BREAK = frozenset(_TO.split()), frozenset(_COMPANY.split()), frozenset(_STAYS.split())
_POSSESSIVES = frozenset({"sa", "son", "ses", "mon", "ma", "leur", "her", "his", "my"})
_OWNING = _POSSESSIVES | {"du", "d", "de", "la", "le", "l", "une", "un"}
_OF = _OWNING | {"a", "of", "s"}

_TREATED = re.compile(r"(\w+)( +)(sous|prend|prends|takes|taking)\b(?! la langue)")
_SIGNS = (
    (re.compile(r"\bd['’ ]un (?:seul )?coup\b|\btout a coup\b"), "soudain"),  # else « coup » alone would be left
    (re.compile(r"\b(\d+) m\b"), r"\1m"),
    (re.compile(r"\bst ?\+"), "stplus"),
    (re.compile(r"\bst ?-(?!\w)"), "stmoins"),
    (re.compile(r"\bsous[- ]decalage"), "sousdecalage"),
    (re.compile(r"\b(?:pas|non) sous\b"), "pas de"),  # before any other word « pas » would deny that word alone
    (re.compile(r"\bplus sous\b"), "plus de"),
    (re.compile(r"\bgrand(e)?[- ](pere|mere)\b"), r"\2"),
)


def with_breaks(text: str) -> str:
    """The text in plain letters, cut before « sous » and « prend »: in « sans PC sous AVK » the drug is not denied."""
    plain = "\n".join(normalise(line) for line in text.splitlines())
    for pattern, written in _SIGNS:
        plain = pattern.sub(written, plain)
    return _TREATED.sub(_broken, plain)


def _broken(found: re.Match[str]) -> str:
    before, space, word = found.groups()
    stays = before in _NO_BREAK or before in _OWNED or before in _MAYBE_PATIENT
    return f"{before}{space if stays else ', '}{word}"


def is_silenced(clauses: Clauses, at: Sequence[Place], silencers: Collection[str]) -> bool:
    """Whether one of these words stands near the words found."""
    return bool(silencers) and any(word in silencers for word in _around(clauses, at, REACH))


def is_stopped(clauses: Clauses, at: Sequence[Place], stopping: Collection[str], recent: Collection[str]) -> bool:
    """Whether a treatment is said to be stopped, and not within days: until then it acts."""
    clause = at[-1][0]
    words = list(clauses[clause])
    following = clauses[clause + 1] if clause + 1 < len(clauses) else ()
    if following and following[0] in stopping:
        words += following  # « Eliquis (arrêté en 2022) »
    low, high = at[0][1] - REACH - 1, max(at[-1][1] + REACH + 1, len(clauses[clause]))
    stops = [number for number, word in enumerate(words) if word in stopping and low <= number <= high]
    return any(not _is_recent(words[number + 1 : number + 1 + RECENT_WITHIN], recent) for number in stops)


def _is_recent(words: Sequence[str], recent: Collection[str]) -> bool:
    return any(word in recent or re.fullmatch(r"j\d+|\d+[jh]", word) for word in words)


def is_of_another(clauses: Clauses, at: Sequence[Place]) -> bool:
    """Whether a relative is told to have it, or the word is said to be hers (« Eliquis de sa mère »)."""
    words = clauses[at[0][0]]
    return _is_said_of_kin(words, at[0][1]) or _is_kins(words[at[-1][1] + 1 :])


def names_kin(words: Sequence[str]) -> bool:
    """Whether a relative or a neighbour is named, but as the one who did it (« agression par conjoint »)."""
    return any(_is_kin(words, at) and not {"par", "by"} & {*words[max(0, at - 2) : at]} for at in range(len(words)))


def _is_said_of_kin(words: Sequence[str], first: int) -> bool:
    before = first - 1
    while before >= 0 and words[before] in _LINKS:
        before -= 1
    if before < 0 or not _is_kin(words, before):
        return False
    owner = before - 1 if before and words[before - 1] in _OWNING else before
    return not (owner and words[owner - 1] in _BESIDE) and words[owner] not in _BESIDE


def _is_kins(after: Sequence[str]) -> bool:
    place = 0
    while place < len(after) and place < REACH and after[place] in _OF:
        place += 1
    return place > 0 and place < len(after) and _is_kin(after, place)


def _is_kin(words: Sequence[str], at: int) -> bool:
    """« mari »; « femme » and « fille » only with a possessive: else they are the patient."""
    return words[at] in _OWNED or (words[at] in _MAYBE_PATIENT and at > 0 and words[at - 1] in _POSSESSIVES)


def _around(clauses: Clauses, at: Sequence[Place], reach: int) -> Sequence[str]:
    (clause, first), (_, last) = at[0], at[-1]
    found = {word for at_clause, word in at if at_clause == clause}
    near = range(max(0, first - reach), min(len(clauses[clause]), last + 1 + reach))
    return [clauses[clause][place] for place in near if place not in found]
