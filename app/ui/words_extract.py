"""Words of the quick line: key -> (French, English). Read through ``app.ui.texts``."""

WORDS_EXTRACT: dict[str, tuple[str, str]] = {
    "quick.label": ("Ligne rapide", "Quick line"),
    "quick.hint": (
        "Ligne rapide : H 65 DT depuis 2h TA 14/9 FC 110 sat 94 T 37,2 EVA 6 G15 ATCD HTA",
        "Quick line, in French: H 65 DT depuis 2h TA 14/9 FC 110 sat 94 T 37,2 EVA 6 G15 ATCD HTA",
    ),
    "quick.fill": ("Remplir la fiche", "Fill the form"),
    "quick.discard": ("Effacer la ligne", "Clear the line"),
    "quick.understood": ("Compris : {values}", "Understood: {values}"),
    "quick.pair": ("{value} ← « {source} »", "{value} ← “{source}”"),
    "quick.left": ("Non compris, reste à saisir : {words}", "Not understood, to be typed: {words}"),
    "quick.nothing": ("Rien de compris dans cette ligne", "Nothing understood in this line"),
    "quick.history": ("Antécédents : {items}", "History: {items}"),
    "quick.history.clear": ("Retirer les antécédents", "Remove the history"),
    "quick.reason": ("motif {label}", "reason {label}"),
    "quick.sexe": ("sexe {value}", "sex {value}"),
    "quick.arrival": ("arrivée {value}", "arrival {value}"),
    "quick.trauma": ("traumatisme", "injury"),
    "quick.no_trauma": ("sans traumatisme", "no injury"),
    "quick.because.approximate": ("approximatif", "approximate"),
    "quick.because.ambiguous": ("ambigu", "ambiguous"),
    "quick.because.out_of_bounds": ("hors limites", "out of bounds"),
    "quick.because.older": ("mesure plus ancienne", "older measure"),
    "quick.because.elsewhere": ("mesuré ailleurs ou avant", "measured elsewhere or before"),
    "quick.because.family": ("famille", "family"),
    "llm.on": (
        "Assistant en ligne actif : ce texte quitte cette machine vers {host} quand vous l'interrogez.",
        "Online assistant on: this text leaves this machine for {host} when you ask it.",
    ),
    "llm.ask": ("Interroger l'assistant", "Ask the assistant"),
    "llm.proposals": (
        "Propositions de l'assistant, à vérifier, non reprises dans la fiche : {values}",
        "Proposals of the assistant, to be checked, not filled in: {values}",
    ),
    "llm.nothing": (
        "L'assistant ne propose rien de vérifiable.",
        "The assistant proposes nothing that can be checked.",
    ),
    "llm.fault.late": ("L'assistant n'a pas répondu à temps.", "The assistant did not answer in time."),
    "llm.fault.unreachable": ("L'assistant est injoignable.", "The assistant cannot be reached."),
    "llm.fault.refused": ("L'assistant a refusé la demande.", "The assistant refused the request."),
    "llm.fault.not_understood": (
        "La réponse de l'assistant n'est pas exploitable.",
        "The answer of the assistant cannot be used.",
    ),
}
