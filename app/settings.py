"""Settings of the product: environment variables and ``.env``, checked once, refused whole."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from feedback_store.stats import FeedbackThresholds

ROOT = Path(__file__).resolve().parent.parent
BASE_TABLE = "patients_synthetic.csv"
_VARIABLE = {
    "data_dir": "MEDTRIAGE_DATA_DIR",
    "models_dir": "MEDTRIAGE_MODELS_DIR",
    "host": "MEDTRIAGE_HOST",
    "port": "MEDTRIAGE_PORT",
    "auth": "MEDTRIAGE_AUTH",
    "min_feedback": "MEDTRIAGE_MIN_FEEDBACK",
    "max_error_rate": "MEDTRIAGE_MAX_ERROR_RATE",
    "min_samples": "MEDTRIAGE_MIN_SAMPLES",
    "waiting_hours": "MEDTRIAGE_WAITING_HOURS",
    "protocols_dir": "MEDTRIAGE_PROTOCOLS_DIR",
}


class SettingsError(Exception):
    """The settings cannot be used; the message names each faulty variable, never a secret."""


class Settings(BaseSettings):
    """What the environment says. Relative folders are taken from the current directory."""

    model_config = SettingsConfigDict(
        env_prefix="MEDTRIAGE_",
        env_file=ROOT / ".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        protected_namespaces=(),
    )

    data_dir: Path = ROOT / "data"
    models_dir: Path = ROOT / "models"
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8501
    auth: Literal["demo", "local", "oidc"] = "demo"
    min_feedback: Annotated[int, Field(ge=1)] = 100
    max_error_rate: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.15
    min_samples: Annotated[int, Field(ge=1)] = 50
    waiting_hours: Annotated[float, Field(gt=0, le=48, allow_inf_nan=False)] = 24
    protocols_dir: Path | None = None  # None: data_dir/protocols
    mlflow_tracking_uri: str | None = Field(default=None, validation_alias=AliasChoices("MLFLOW_TRACKING_URI"))
    mlflow_experiment_name: str = Field(
        default="medtriage-classification", validation_alias=AliasChoices("MLFLOW_EXPERIMENT_NAME")
    )
    mlflow_model_name: str = Field(default="triage-classifier", validation_alias=AliasChoices("MLFLOW_MODEL_NAME"))

    @field_validator("data_dir", "models_dir")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.absolute()

    @property
    def protocols_folder(self) -> Path:
        """Where the department drops its own protocols."""
        return (self.protocols_dir or self.data_dir / "protocols").absolute()

    @property
    def jobs_dir(self) -> Path:
        """Where each training job keeps its status and its log."""
        return self.data_dir / "jobs"

    @property
    def thresholds(self) -> FeedbackThresholds:
        """When the statistics recommend training again."""
        return FeedbackThresholds(
            min_feedback=self.min_feedback, max_error_rate=self.max_error_rate, min_samples=self.min_samples
        )

    @property
    def base_table(self) -> Path:
        """The base training table; the one shipped with the code when the data folder has none of its own."""
        own = self.data_dir / "raw" / BASE_TABLE
        return own if own.exists() else ROOT / "data" / "raw" / BASE_TABLE

    def environment(self) -> dict[str, str]:
        """The same settings as variables, for the processes we start."""
        variables = {
            "MEDTRIAGE_DATA_DIR": str(self.data_dir),
            "MEDTRIAGE_MODELS_DIR": str(self.models_dir),
            "MEDTRIAGE_MIN_FEEDBACK": str(self.min_feedback),
            "MEDTRIAGE_MAX_ERROR_RATE": str(self.max_error_rate),
            "MEDTRIAGE_MIN_SAMPLES": str(self.min_samples),
            "MLFLOW_EXPERIMENT_NAME": self.mlflow_experiment_name,
            "MLFLOW_MODEL_NAME": self.mlflow_model_name,
        }
        if self.mlflow_tracking_uri:
            variables["MLFLOW_TRACKING_URI"] = self.mlflow_tracking_uri
        return variables


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be reached from this machine."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def load_settings() -> Settings:
    """Read the settings. Raises ``SettingsError`` that names every faulty variable."""
    try:
        return Settings()
    except ValidationError as fault:
        lines = [_line(str(error["loc"][0]), str(error["msg"])) for error in fault.errors(include_input=False)]
        raise SettingsError("\n".join(lines)) from fault


def servable_settings() -> Settings:
    """Settings a server may be started with.

    Raises ``SettingsError`` when accounts are asked for (they do not exist yet), or when ``demo``, which has no
    login, would listen on anything but loopback.
    """
    settings = load_settings()
    if settings.auth != "demo":
        raise SettingsError(
            f"MEDTRIAGE_AUTH={settings.auth}: accounts do not exist yet; only MEDTRIAGE_AUTH=demo can be served"
        )
    if not is_loopback(settings.host):
        raise SettingsError(
            f"MEDTRIAGE_HOST={settings.host}: demo has no login and listens on loopback only, 127.0.0.1 or localhost"
        )
    return settings


def _line(name: str, message: str) -> str:
    return f"{_VARIABLE.get(name, name)}: {message}"
