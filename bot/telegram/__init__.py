"""The Telegram shell around the desk that answers questions: a thin one, of handlers, rendering and delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.telegram.desk import Desk
    from data.settings import Settings


def run(
    settings: Settings,
    *,
    webhook_url: str | None = None,
    listen: str = "127.0.0.1",
    port: int = 8080,
    secret: str | None = None,
    open_desk: Callable[[Settings], Desk] | None = None,
) -> None:
    """Run the bot until it is told to stop (SIGINT, SIGTERM): by long polling or, with ``webhook_url``, by webhook.

    Args:
        settings: this process's settings.
        webhook_url: the public HTTPS address that Telegram posts updates to.
        listen: the address that the webhook's server binds.
        port: its port.
        secret: the webhook's secret token; else the setting; else made up for this run.
        open_desk: opens the desk (``bot.asking.desk.Desk.open``); called once, before the first update is taken.

    Raises:
        SettingsError: no token, or one that Telegram does not know; a webhook that it does not take.
        OnRecordError: whatever opening the desk raises.
    """
    from bot.telegram.app import run_until_stopped

    run_until_stopped(settings, webhook_url=webhook_url, listen=listen, port=port, secret=secret, open_desk=open_desk)
