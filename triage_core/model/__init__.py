"""The served model: columns, bundle, prediction, explanation."""
