"""Everything that makes a model: synthetic data, data sets, fit, calibration, gate, registry, run."""
