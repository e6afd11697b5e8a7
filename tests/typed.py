"""The words of a screen as a keyboard types them: the one place that knows what typography puts in their stead."""


def as_typed(words: str) -> str:
    """Plain spaces and apostrophes for the narrow and curved ones."""
    return words.replace("\u202f", " ").replace("\u00a0", " ").replace("’", "'")
