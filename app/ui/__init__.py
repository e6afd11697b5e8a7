"""The kit of the screens: pieces, words and session keys shared by the pages."""
