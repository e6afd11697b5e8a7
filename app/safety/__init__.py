"""The clinical safety file: hazards, their controls, and the tests that prove each control."""
