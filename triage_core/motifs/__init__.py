"""From the nurse's words to a motif of the grid."""
