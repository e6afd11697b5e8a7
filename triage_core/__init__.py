"""Knows triage: levels, features, rules, model, decision. No screen, no journal, no network."""
