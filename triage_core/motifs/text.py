"""From what a nurse types to plain words: one spelling for accents, case, apostrophes and endings."""

import re
import unicodedata

# Words that carry no motif by themselves. Words of negation are not here: negation.py needs them.
_LITTLE = """
    le la les l de du des d un une a au aux en dans sous sur et ou par pour son sa ses mon ma mes leur ce cet cette ces
    il elle on je j s se y qui que qu est sont ai ont avait avoir etre c m me t ne n lui nous vous type niveau cote
    patient patiente presente plaint vient consulte consulter adresse amene ressent depuis ce matin hier soir
    aujourd hui jour jours heure heures the of in on an and or with at to his her my is was are has have had from for
    since i he she this that day days today yesterday
    """
LITTLE_WORDS = frozenset(_LITTLE.split())
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": "'", "ʼ": "'", "`": "'"})
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
_ABBREVIATION_DOT = re.compile(r"\b([^\W\d_]{1,4})\.(?=\s*[a-zà-ÿ])")
_DECIMAL = re.compile(r"\b\d+[.,]\d+\b")
# What has two sides, or is told with one: « dt » after it is the right one, elsewhere it is chest pain.
_SIDED = (
    r"(?:epaule|clavicule|bras|coude|poignet|main|doigt|index|pouce|majeur|annulaire|auriculaire|hanche|cuisse|genou"
    r"|jambe|mollet|cheville|pied|orteil|talon|hallux|oeil|oreille|sein|flanc|fl|fosse lombaire|lombaire|testicule"
    r"|bourse|face|joue|arcade|paupiere|tempe|cote|hemicorps|mi|ms|membre \w+|inguinale?|iliaque|fesse|costale?"
    r"|axillaire|rein|aine"
    r"|cruralgie|sciatique|lombo\w+|otalgie|otite|tvp|phlebite|pno|pneumothorax|cn|pna|nephretique|pyelo\w*|erysipele"
    r"|dermohypodermite|panaris|hernie|torsion|surdite|acouphenes?|parotide|fract\w*|entorse|luxation|plaie|brulure"
    r"|hygroma|tendinite|gonalgie|scapulalgie|omalgie|paralysie|orgelet|chalazion|conjonctivite|bav|hemiplegie|hemiparesie"
    r"|deficit|achille|rotule|tibia|femur|humerus|radius|malleole|pommette|machoire|narine|scrotum|mamelon|hypochondre"
    r"|hypocondre|poumon|thorax|basithoracique|base|avant bras|ongle|molaire|dent|cou|levre|trauma\w*|tc)"
)
_SHORTHAND = (
    (re.compile(rf"\b({_SIDED}) (?:dt|d|dte|drt|drte)\b(?! ?/)"), r"\1 droite"),
    (re.compile(rf"\b({_SIDED}) (?:g|gche|gch|gau)\b(?! ?/)"), r"\1 gauche"),
    (
        re.compile(r"\bcoups? de (?:coude|genou|poing|pied|tete|boule|raquette|crosse|baton|barre|balle|ballon)\b"),
        "coup",
    ),
    (re.compile(r"\bsous (?:tritt|ttt|trt|trait|traitement)(?= (?:pour |anti ?)?[a-z])"), " soustraitement"),
    (re.compile(r"\s*\(\s*-\s*\)"), " non,"),
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\bh/o\b|\bhx of\b"), "history of"),
    (re.compile(r"\bs/p\b"), "history of"),
    (re.compile(r"\bcan'?t\b"), "cannot"),
    (re.compile(r"\b(?:do|does|did|is|has|have)n'?t\b"), "not"),
    (re.compile(r"\bnouveaux?[- ]nee?s?\b"), "nouveaune"),
    (re.compile(r"\b0 (?=[a-z])"), "pas de "),
    (re.compile(r"\b(?:de )?sa hauteur\b"), " "),  # a fall on the level, not from a height
    (re.compile(r"\b(\d{1,2}) ?sa\b"), r"\1sa"),  # weeks of amenorrhoea, else « sa » is a little word
)
_BREAK = re.compile(r"[,;.!?()\[\]\n\r]+")
_WORD = re.compile(r"[a-z0-9]+")


def normalise(text: str) -> str:
    """Lower case without accents, ligatures opened, initials joined (« A.V.C. » is « avc »); punctuation stays."""
    text = _INITIALS.sub(lambda found: found.group().replace(".", ""), text.translate(_LIGATURES))
    text = _DECIMAL.sub(" ", _ABBREVIATION_DOT.sub(r"\1 ", text)).lower()
    text = without_accents(text)
    for pattern, plain in _SHORTHAND:
        text = pattern.sub(plain, text)
    return text


def without_accents(text: str) -> str:
    """Letters alone, their marks left out."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def clauses(text: str) -> tuple[tuple[str, ...], ...]:
    """The words of a text, cut where a negation ends at the latest: commas, full stops, brackets, line ends."""
    parts = (tuple(_WORD.findall(part)) for part in _BREAK.split(normalise(text)))
    return tuple(part for part in parts if part)


def stem(word: str) -> str:
    """A word without its plural and feminine ending; short words and abbreviations stay whole.

    >>> stem("brulees"), stem("brule"), stem("sca")
    ('brul', 'brul', 'sca')
    """
    if len(word) >= 6 and word.endswith("x"):
        word = word[:-1]
    if len(word) >= 4 and word.endswith("s"):
        word = word[:-1]
    while len(word) >= 5 and word.endswith("e"):
        word = word[:-1]
    return word
