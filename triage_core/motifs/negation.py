"""What is said not to be there, or to be someone else's or the past's, must not name the motif.

After NegEx (Chapman et al., J Biomed Inform 2001, 34:301-310): a cue opens a scope, a closing word or the end of the
clause ends it. Here a scope holds at most ``REACH`` words, and French « et » ends it unless « de » or « ni » follows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

PRESENT, PAST, ABSENT = 1.0, 0.6, 0.0
REACH = 8
TO_THE_END = 10_000  # of the clause, whatever closes other scopes

_CUES = frozenset(
    {
        "sans",
        "aucun",
        "aucune",
        "absence",
        "ni",
        "nie",
        "nient",
        "no",
        "denies",
        "denied",
        "denying",
        "without",
        "not",
        "never",
        "jamais",
    }
)
# « pas » opens a scope before these words; before any other it denies that one word (« pas fébrile »).
_AFTER_PAS = frozenset(
    {"de", "d", "du", "la", "le", "l", "les", "un", "une", "mal", "eu", "vraiment", "cette", "ce", "non"}
)
_CLOSING = frozenset(
    {
        "mais",
        "cependant",
        "toutefois",
        "puis",
        "avec",
        "but",
        "however",
        "with",
        "although",
        "because",
        "car",
        "apres",
        "suite",
        "devant",
        "malgre",
    }
)
_JOINS = frozenset({"de", "d", "ni", "pas", "sans", "aucun", "aucune", "or", "nor", "ou"})
_TRAILING = frozenset(
    {"non", "nie", "niee", "absent", "absente", "absents", "absentes", "denied", "negatif", "negative"}
)
_KIN = frozenset(
    {"pere", "mere", "frere", "soeur", "oncle", "tante", "cousin", "grand", "father", "mother", "brother", "sister"}
)
_KIN_LINK = frozenset(
    {"avec", "a", "ayant", "decede", "decedee", "mort", "morte", "atteint", "atteinte", "with", "had", "has", "died"}
)
_FAMILY = frozenset({"familial", "familiale", "familiaux", "familiales", "family"})
_PAST = frozenset({"atcd", "atcds", "antecedent", "antecedents", "history", "hx"})
_CARRIERS = frozenset({"de", "d", "ni", "ou", "or", "nor"})
_BELONGING = frozenset({"pas", "san", "sans", "aucun", "absenc", "plu", "plus", "ni", "no", "non", "not", "without"})


class Protected:
    """Phrases in which « pas », « sans », « plus »… belong to the symptom (« ne respire plus »)."""

    def __init__(self, phrases: Iterable[tuple[str, ...]]) -> None:
        """Of the phrases, as stems, those that hold a negation are kept."""
        self._by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for stems in phrases:
            if _BELONGING & set(stems):
                self._by_first[stems[0]].append(stems)

    def places(self, named: Sequence[tuple[str, int]]) -> frozenset[int]:
        """The places of the words of a clause, given as stems with their places, that stand in such a phrase."""
        names = [name for name, _ in named]
        kept: set[int] = set()
        for at, name in enumerate(names):
            for stems in self._by_first.get(name, ()):
                if tuple(names[at : at + len(stems)]) == stems:
                    kept.update(place for _, place in named[at : at + len(stems)])
        return frozenset(kept)


def weigh(clauses: Sequence[Sequence[str]], protected: Sequence[Collection[int]]) -> list[list[float]]:
    """How much each word of each clause counts: 1 present, 0.6 history, 0 denied or a relative's.

    ``protected`` holds, for each clause, the places where a negation belongs to a symptom (« ne respire plus »).
    An enumeration carries on after a comma when it says so (« pas de toux, de fièvre, ni de frissons »).
    """
    weighed: list[list[float]] = []
    carried = False
    for words, kept in zip(clauses, protected, strict=True):
        weights = _weigh_clause(words, kept, carried and words[0] in _CARRIERS)
        carried = weights[-1] == ABSENT
        weighed.append(weights)
    return weighed


def _weigh_clause(words: Sequence[str], kept: Collection[int], carried: bool) -> list[float]:
    if words[-1] in _TRAILING and len(words) > 1 and len(words) - 1 not in kept:
        return [ABSENT] * len(words)
    weights: list[float] = []
    state, left = (ABSENT, REACH) if carried else (PRESENT, 0)
    for at in range(len(words)):
        opened = None if at in kept else _opening(words, at)
        if opened is not None:
            state, left = opened
        elif state != PRESENT and (left <= 0 or (left <= REACH and _closes(words, at))):
            state = PRESENT
        left -= 1
        weights.append(state)
    _deny_between_ne_and_pas(words, kept, weights)
    return weights


def _opening(words: Sequence[str], at: int) -> tuple[float, int] | None:
    """The weight and the reach of the scope that opens here, if one does."""
    word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word == "pas":
        return ABSENT, REACH if following in _AFTER_PAS else 2
    if word == "non":
        return ABSENT, 2
    if word == "plus":
        return (ABSENT, REACH) if _is_no_more(words, at, following) else None
    if word in _CUES:
        return ABSENT, REACH
    if word == "hors":
        return ABSENT, 2
    if word == "soustraitement":  # « sous ttt HTA »: what is treated is no news
        return PAST, 2
    if word in _PAST:
        return (ABSENT if _FAMILY & set(words) else PAST), TO_THE_END
    if word in _KIN and _KIN_LINK & set(words[at + 1 : at + 3]):
        return ABSENT, TO_THE_END
    return None


def _closes(words: Sequence[str], at: int) -> bool:
    word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
    return word in _CLOSING or (word == "et" and following not in _JOINS)


def _is_no_more(words: Sequence[str], at: int, following: str) -> bool:
    """« n'a plus mal », « plus de fièvre »; but « plus de 40 » is a number."""
    counted = "".join(words[at + 2 : at + 3]).isdigit()
    return not counted and ((at == 0 and following in {"de", "d"}) or (_has_ne(words, at) and following in _AFTER_PAS))


def _has_ne(words: Sequence[str], at: int) -> bool:
    return bool({"ne", "n"} & set(words[max(0, at - 4) : at]))


def _deny_between_ne_and_pas(words: Sequence[str], kept: Collection[int], weights: list[float]) -> None:
    """« ne tousse pas », « ne vomit plus » deny the verb."""
    for at, word in enumerate(words):
        if word in {"pas", "plus", "jamais"} and at not in kept and _has_ne(words, at):
            for before in range(at - 1, max(-1, at - 4), -1):
                weights[before] = ABSENT
                if words[before] in {"ne", "n"}:
                    break
