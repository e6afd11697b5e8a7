"""For every test."""

import gc


def pytest_collection_finish() -> None:
    """As the server does after its warm-up: what was imported for good is not searched for garbage again and again."""
    gc.collect()
    gc.freeze()
