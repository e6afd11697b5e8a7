"""Words of the second reading: key -> (French, English). Read through ``app.ui.texts``."""

WORDS_SECOND_READING: dict[str, tuple[str, str]] = {
    "second.mark": (
        "Deuxième lecture : le modèle aurait été plus urgent ({gravity}). Votre niveau est gardé.",
        "Second reading: the model would have been more urgent ({gravity}). Your level stands.",
    ),
    "second.because": ("Ce qui pèse : {reasons}.", "What weighs: {reasons}."),
    "short.motif_consultation": ("Mots du motif", "Words of the reason"),
}
