"""`onrecord bot`."""

from __future__ import annotations

import click


@click.command()
@click.option("--webhook-url", help="Public https address that Telegram calls. Without it the bot polls.")
@click.option("--listen", default="127.0.0.1", show_default=True, help="Address that the webhook listens on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Port of the webhook.")
def bot(webhook_url: str | None, listen: str, port: int) -> None:
    """Run the Telegram bot (set TELEGRAM_BOT_TOKEN)."""
    from bot.telegram import run
    from data.settings import settings

    run(settings(), webhook_url=webhook_url, listen=listen, port=port)


COMMANDS = (bot,)
