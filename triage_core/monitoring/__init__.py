"""Statistics of a model in use: drift, control limits, paired comparison, stopping, alerts. Reads no journal."""
