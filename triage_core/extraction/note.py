"""A note being read: its tokens, what each has been used for, and the stretches where nobody may read."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from triage_core.extraction.result import Reason
from triage_core.extraction.tokens import Kind, Token, tokenize
from triage_core.extraction.vocabulary import Words

_CLOSING = frozenset({".", ";", "\n", "!", "?"})


@dataclass
class Note:
    """The text, its tokens and their fate.

    ``taken`` tokens belong to a value; ``refused`` ones look like a value and gave none, or are a relative's;
    ``shared`` ones belong to a value and still say why the patient comes (« fièvre 39 »).
    """

    text: str
    words: Words
    tokens: tuple[Token, ...] = ()
    taken: set[int] = field(default_factory=set)
    refused: dict[int, Reason] = field(default_factory=dict)
    groups: dict[int, int] = field(default_factory=dict)
    shared: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tokens = tokenize(self.text)

    def is_free(self, place: int) -> bool:
        """Whether a reader may still use this token."""
        return 0 <= place < len(self.tokens) and place not in self.taken and place not in self.refused

    def is_free_between(self, start: int, end: int) -> bool:
        """Whether all of them are free."""
        return all(self.is_free(place) for place in range(start, end))

    def take(self, start: int, end: int) -> str:
        """Give the tokens to a value; the exact words it came from."""
        self.taken.update(range(start, end))
        return self.source(start, end)

    def refuse(self, start: int, end: int, reason: Reason) -> None:
        """Leave the tokens visible as unread, with the reason; what belongs to a value stays there."""
        for place in range(start, end):
            if self.is_free(place):
                self.refused[place] = reason
                self.groups[place] = start

    def share_reason(self, place: int) -> None:
        """« fièvre » labels a temperature, « hypo » a glucose, and both stay reasons for coming."""
        if self.word(place) in self.words.also_reasons:
            self.shared.add(place)

    def source(self, start: int, end: int) -> str:
        """The text of these tokens, exactly as written."""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]

    def written(self, place: int) -> str:
        """The token as typed, empty outside the note."""
        return self.source(place, place + 1) if 0 <= place < len(self.tokens) else ""

    def word(self, place: int) -> str:
        """The folded token, empty outside the note."""
        return self.tokens[place].text if 0 <= place < len(self.tokens) else ""

    def is_number(self, place: int) -> bool:
        """Whether a number stands there, readable or not."""
        return 0 <= place < len(self.tokens) and self.tokens[place].kind is Kind.NUMBER

    def is_word(self, place: int) -> bool:
        """Whether a word stands there."""
        return 0 <= place < len(self.tokens) and self.tokens[place].kind is Kind.WORD

    def is_glued(self, place: int) -> bool:
        """Whether no space stands between this token and the one before it."""
        return 0 < place < len(self.tokens) and self.tokens[place].start == self.tokens[place - 1].end

    def ends_a_word(self, place: int) -> bool:
        """Whether a plus or minus belongs to the word before it: « ST+ », « ST - »."""
        goes_on = self.is_glued(place + 1) and self.word(place + 1) not in {",", ".", ";", ")", "\n"}
        if self.word(place) not in {"+", "-"} or goes_on:
            return False
        return self.word(place - 1) == "st" or (self.is_glued(place) and self.is_word(place - 1))

    def is_isolated(self, place: int) -> bool:
        """Whether what stands before is a border: the start, a mark, or what another value has taken."""
        return place == 0 or not self.is_free(place - 1) or self.tokens[place - 1].kind is Kind.MARK

    def clause_end(self, place: int, commas: bool = False) -> int:
        """The place of the mark that ends the clause this token stands in."""
        closing = _CLOSING | {","} if commas else _CLOSING
        return next((at for at in range(place, len(self.tokens)) if self.word(at) in closing), len(self.tokens))

    def clause_start(self, place: int) -> int:
        """The place after the mark that ends the clause before."""
        return next((at + 1 for at in range(place - 1, -1, -1) if self.word(at) in _CLOSING | {","}), 0)

    def has(self, name: str, place: int) -> int:
        """How many tokens a phrase of this set of words takes here; 0 when none stands here."""
        return self.words.has(name, self.tokens, place)

    def free_places(self) -> Iterator[int]:
        """The places that are free when reached."""
        return (place for place in range(len(self.tokens)) if self.is_free(place))
