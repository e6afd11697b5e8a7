"""The reference protocol's own measurements on the same folds: what the product is compared with."""

# accuracy, macro-F1, QWK, under, over, missed 1-2, log loss, AUROC 1-2
CLASSIFIER_COLUMNS = ("accuracy", "macro_f1", "qwk", "under", "over", "missed", "log_loss", "auroc_12")
Row = tuple[str, tuple[float | None, ...]]
CLASSIFIERS: tuple[Row, ...] = (
    ("nurses themselves (1,267)", (0.853, 0.807, 0.875, 0.103, 0.043, 0.138, None, None)),
    ("majority class", (0.384, 0.111, 0.0, 0.194, 0.422, 1.0, 1.285, 0.50)),
    ("NEWS2, logistic regression", (0.426, 0.241, 0.259, 0.414, 0.160, 0.793, 1.215, 0.684)),
    ("logistic regression, canonical", (0.464, 0.407, 0.365, 0.288, 0.248, 0.629, 1.164, 0.786)),
    ("XGBoost defaults, canonical", (0.481, 0.416, 0.353, 0.263, 0.255, 0.610, 1.483, 0.760)),
    ("XGBoost small, canonical", (0.527, 0.424, 0.380, 0.234, 0.239, 0.624, 1.062, 0.798)),
    ("XGBoost defaults, canonical + text", (0.672, 0.579, 0.662, 0.165, 0.163, 0.387, 0.976, 0.895)),
    ("XGBoost small, canonical + text", (0.682, 0.575, 0.649, 0.162, 0.156, 0.411, 0.826, 0.909)),
    ("ordinal logistic, extended + text", (0.677, 0.584, 0.676, 0.159, 0.165, 0.377, 0.946, 0.898)),
    ("XGBoost small, extended + text", (0.688, 0.578, 0.657, 0.150, 0.162, 0.401, 0.820, 0.908)),
    ("the same, under-triage costs double", (0.639, 0.521, 0.600, 0.098, 0.264, 0.349, None, None)),
    ("text logits in a small XGBoost (2 rep.)", (0.701, 0.606, 0.681, None, None, None, 0.797, 0.901)),
    ("mean of three with text (2 rep.)", (0.702, 0.597, 0.692, None, None, None, 0.778, 0.914)),
)
READER_COLUMNS = ("auroc", "ap", "caught_5", "caught_10", "caught_20")
READERS: tuple[Row, ...] = (
    ("XGBoost small, canonical", (0.773, 0.321, 0.185, 0.305, 0.490)),
    ("XGBoost small, canonical + text", (0.827, 0.384, 0.195, 0.354, 0.631)),
    ("the same + the nurse's level", (0.826, 0.378, 0.228, 0.387, 0.618)),
)
