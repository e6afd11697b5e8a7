"""What is inside: every library pinned with its digest and its licence named; nothing runs code when it is read."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from streamlit import config as streamlit_config

from app import inventory
from app.settings import ROOT

PICKLES = re.compile(r"\b(import|from)\s+(pickle|cPickle|dill|joblib|cloudpickle|shelve|marshal)\b|allow_pickle=True")
PICKLED_NAMES = {".pkl", ".pickle", ".joblib", ".npy", ".pt", ".h5"}


def tracked() -> list[Path]:
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in told.split("\0") if name and (ROOT / name).is_file()]


def test_every_library_of_the_lock_has_a_digest_and_a_licence_line() -> None:
    assert inventory.unhashed() == ()
    assert len(list(inventory.pinned())) > 100
    assert inventory.main(["--check"]) == 0
    assert "not installed here" not in inventory.TARGET.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_list_for_machines_names_every_library_and_no_host(tmp_path: Path) -> None:
    assert inventory.main(["--sbom", str(tmp_path / "sbom.json")]) == 0
    told = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    assert told["bomFormat"] == "CycloneDX"
    assert len(told["components"]) == len(list(inventory.pinned()))
    assert set(re.findall(r"https?://[^/\"]+", json.dumps(told))) <= {"http://cyclonedx.org"}  # its own schema


def test_an_unknown_argument_is_wrong_usage() -> None:
    assert inventory.main(["--all"]) == 2


def test_no_code_of_ours_reads_or_writes_pickles() -> None:
    code = [path for path in tracked() if path.suffix == ".py" and "tests" not in path.parts]
    assert [path.name for path in code if PICKLES.search(path.read_text(encoding="utf-8"))] == []


def test_no_file_we_ship_is_a_pickle() -> None:
    def is_pickle(path: Path) -> bool:
        head = path.read_bytes()[:2]
        return path.suffix in PICKLED_NAMES or (head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05")

    assert [path.name for path in tracked() if is_pickle(path)] == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("browser.gatherUsageStats", False),
        ("client.showErrorDetails", "none"),
        ("client.toolbarMode", "minimal"),
        ("server.enableStaticServing", False),
        ("server.enableXsrfProtection", True),
        ("server.enableCORS", True),
        ("server.trustedUserHeaders", {}),
        ("server.unsafeMetricsUserAttributes", []),
    ],
)
def test_what_streamlit_offers_beyond_our_pages_is_off(option: str, value: object) -> None:
    assert streamlit_config.get_option(option) == value


def test_an_upload_is_small() -> None:
    assert streamlit_config.get_option("server.maxUploadSize") <= 50  # MB
