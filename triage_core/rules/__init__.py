"""The FRENCH grid and the vital thresholds as data, and the three-valued engine that reads them."""
