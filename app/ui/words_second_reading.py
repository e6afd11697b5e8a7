"""Words of the second reading: key -> French. Read through ``app.ui.texts``."""

WORDS_SECOND_READING: dict[str, str] = {
    "second.mark": "Deuxième lecture : le modèle aurait été plus urgent ({gravity}). Votre niveau est gardé.",
    "second.because": "Ce qui pèse : {reasons}.",
    "short.motif_consultation": "Mots du motif",
}
