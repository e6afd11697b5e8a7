"""From one line of notes to values, each with the words it came from; the rest stays visible."""
