"""Settings of the product: environment variables and ``.env``, checked once, refused whole."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import SettingsConfigDict

from app.access.loopback import is_loopback as is_loopback
from app.access.options import SECRET_VARIABLES, AccessOptions, obstacles
from app.gate_settings import GateSettings
from feedback_store.readings import WatchLimits
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
    "llm_base_url": "MEDTRIAGE_LLM_BASE_URL",
    "llm_api_key": "MEDTRIAGE_LLM_API_KEY",
    "llm_model": "MEDTRIAGE_LLM_MODEL",
    "llm_timeout_s": "MEDTRIAGE_LLM_TIMEOUT_S",
    "max_under_triage_rate": "MEDTRIAGE_MAX_UNDER_TRIAGE_RATE",
    "max_latency_ms": "MEDTRIAGE_MAX_LATENCY_MS",
    "watch_period_s": "MEDTRIAGE_WATCH_PERIOD_S",
    "auto_retrain": "MEDTRIAGE_AUTO_RETRAIN",
    "auto_retrain_hours": "MEDTRIAGE_AUTO_RETRAIN_HOURS",
    "alert_urls": "MEDTRIAGE_ALERT_URLS",
    "journal_key": "MEDTRIAGE_JOURNAL_KEY",
    "label_days": "MEDTRIAGE_LABEL_DAYS",
    "draft_hours": "MEDTRIAGE_DRAFT_HOURS",
    "model_timeout_ms": "MEDTRIAGE_MODEL_TIMEOUT_MS",
    "access_log_days": "MEDTRIAGE_ACCESS_LOG_DAYS",
}


_VARIABLE |= {name: f"MEDTRIAGE_{name.upper()}" for name in GateSettings.model_fields}


class SettingsError(Exception):
    """The settings cannot be used; the message names each faulty variable, never a secret."""


@dataclass(frozen=True)
class LlmSettings:
    """Where the online assistant is asked, with which key and model, and for how long at most (seconds)."""

    base_url: str
    api_key: SecretStr | None
    model: str
    timeout_s: float


class Settings(AccessOptions, GateSettings):
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
    port: Annotated[int, Field(ge=1, le=65_535)] = 8501
    min_feedback: Annotated[int, Field(ge=1)] = 100
    max_error_rate: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.15
    min_samples: Annotated[int, Field(ge=1)] = 50
    waiting_hours: Annotated[float, Field(gt=0, le=48, allow_inf_nan=False)] = 24
    protocols_dir: Path | None = None  # None: data_dir/protocols
    llm_base_url: str | None = None  # with a model it turns the online assistant on: patient text leaves this machine
    llm_api_key: SecretStr | None = None
    llm_model: str | None = None
    llm_timeout_s: Annotated[float, Field(gt=0, le=60, allow_inf_nan=False)] = 8
    mistral_api_key: SecretStr | None = Field(default=None, validation_alias=AliasChoices("MISTRAL_API_KEY"))
    openai_api_key: SecretStr | None = Field(default=None, validation_alias=AliasChoices("OPENAI_API_KEY"))
    max_under_triage_rate: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.10
    max_latency_ms: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 500
    watch_period_s: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 60  # 0: never
    auto_retrain: bool = True  # a run makes a challenger and nothing else; see DECISIONS.md
    auto_retrain_hours: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 24  # between two automatic runs
    alert_urls: SecretStr | None = None  # where alerts go: Apprise URLs between spaces; never logged
    journal_key: Annotated[SecretStr, Field(min_length=16)] | None = None
    label_days: Annotated[int, Field(ge=1)] = 30
    draft_hours: Annotated[float, Field(gt=0, le=168, allow_inf_nan=False)] = 12
    model_timeout_ms: Annotated[float, Field(gt=0, le=60_000, allow_inf_nan=False)] = 500  # then the rules alone
    access_log_days: Annotated[int, Field(ge=1, le=36_500)] = 180  # how long who saw what is kept
    mlflow_tracking_uri: str | None = Field(default=None, validation_alias=AliasChoices("MLFLOW_TRACKING_URI"))
    mlflow_experiment_name: str = Field(
        default="medtriage-classification", validation_alias=AliasChoices("MLFLOW_EXPERIMENT_NAME")
    )
    mlflow_model_name: str = Field(default="triage-classifier", validation_alias=AliasChoices("MLFLOW_MODEL_NAME"))

    @field_validator("data_dir", "models_dir")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.absolute()

    @field_validator("llm_base_url")
    @classmethod
    def _private_on_its_way(cls, address: str | None) -> str | None:
        """Patients' words travel encrypted, or not beyond this machine."""
        if address is None:
            return None
        told = urlsplit(address)
        if (
            not told.hostname
            or told.username
            or not (told.scheme == "https" or (told.scheme == "http" and is_loopback(told.hostname)))
        ):
            raise ValueError("must be an https:// address, or http:// on this machine, without a user name")
        return address

    @property
    def llm(self) -> LlmSettings | None:
        """The online assistant; ``None``: off, which it is unless both its address and its model are set."""
        if self.llm_base_url is None or self.llm_model is None:
            return None
        host = urlsplit(self.llm_base_url).hostname or ""
        theirs = self.mistral_api_key if host.endswith("mistral.ai") else None
        theirs = self.openai_api_key if host.endswith("openai.com") else theirs
        return LlmSettings(self.llm_base_url, self.llm_api_key or theirs, self.llm_model, self.llm_timeout_s)

    @property
    def protocols_folder(self) -> Path:
        """Where the department drops its own protocols."""
        return (self.protocols_dir or self.data_dir / "protocols").absolute()

    @property
    def journal_secret(self) -> str | None:
        """The key of the journals' digests, when it comes from the environment and not from ``secrets/``."""
        return None if self.journal_key is None else self.journal_key.get_secret_value()

    @property
    def jobs_dir(self) -> Path:
        """Where each training job keeps its status and its log."""
        return self.data_dir / "jobs"

    @property
    def imports_dir(self) -> Path:
        """Where imported tables lie, and below it the files that wait to be imported."""
        return self.data_dir / "imports"

    @property
    def access_dir(self) -> Path:
        """Accounts, sessions and the signing key; for the owner of the process alone."""
        return self.data_dir / "access"

    @property
    def drafts_dir(self) -> Path:
        """Where half-filled forms wait."""
        return self.data_dir / "drafts"

    @property
    def thresholds(self) -> FeedbackThresholds:
        """When the statistics recommend training again."""
        return FeedbackThresholds(
            min_feedback=self.min_feedback, max_error_rate=self.max_error_rate, min_samples=self.min_samples
        )

    @property
    def watch_limits(self) -> WatchLimits:
        """When a figure of the monitoring becomes an alert."""
        return WatchLimits(
            max_error_rate=self.max_error_rate,
            max_under_triage_rate=self.max_under_triage_rate,
            max_latency_ms=self.max_latency_ms,
            min_samples=self.min_samples,
        )

    @property
    def base_table(self) -> Path:
        """The base training table; the one shipped with the code when the data folder has none of its own."""
        own = self.data_dir / "raw" / BASE_TABLE
        return own if own.exists() else ROOT / "data" / "raw" / BASE_TABLE

    def environment(self) -> dict[str, str]:
        """The same settings as variables, for the processes we start."""
        variables = {
            **self.gate_environment(),
            "MEDTRIAGE_DATA_DIR": str(self.data_dir),
            "MEDTRIAGE_MODELS_DIR": str(self.models_dir),
            "MEDTRIAGE_MIN_FEEDBACK": str(self.min_feedback),
            "MEDTRIAGE_MAX_ERROR_RATE": str(self.max_error_rate),
            "MEDTRIAGE_MIN_SAMPLES": str(self.min_samples),
            "MLFLOW_EXPERIMENT_NAME": self.mlflow_experiment_name,
            "MLFLOW_MODEL_NAME": self.mlflow_model_name,
        }
        if self.journal_secret:
            variables["MEDTRIAGE_JOURNAL_KEY"] = self.journal_secret
        if self.mlflow_tracking_uri:
            variables["MLFLOW_TRACKING_URI"] = self.mlflow_tracking_uri
        return variables


def load_settings() -> Settings:
    """Read the settings. Raises ``SettingsError`` that names every faulty variable."""
    try:
        return Settings()
    except ValidationError as fault:
        lines = [_line(str(error["loc"][0]), str(error["msg"])) for error in fault.errors(include_input=False)]
        raise SettingsError("\n".join(lines)) from fault


def servable_settings() -> Settings:
    """Settings a server may be started with.

    Raises ``SettingsError`` when ``demo``, which has no login, would listen on anything but loopback, when passwords
    would cross a network in clear, or when what a provider needs is missing.
    """
    settings = load_settings()
    told = (*obstacles(settings), *_readable_secrets(ROOT / ".env"))
    if told:
        raise SettingsError("\n".join(told))
    return settings


def _readable_secrets(path: Path) -> tuple[str, ...]:
    """Why a file of settings may not hold what it holds: secrets that others of this machine can read."""
    if not path.is_file() or not path.stat().st_mode & 0o077:
        return ()
    text = path.read_text(encoding="utf-8", errors="replace")
    held = [name for name in SECRET_VARIABLES if name in text]
    return (f"{path} holds {', '.join(held)} and others can read it: chmod 600",) if held else ()


def _line(name: str, message: str) -> str:
    return f"{_VARIABLE.get(name, f'MEDTRIAGE_{name.upper()}' if name in Settings.model_fields else name)}: {message}"
