"""The application: built, started, fed with updates by polling or webhook, and stopped without losing any."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import signal
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final
from urllib.parse import urlsplit

import telegram
from telegram import Update
from telegram.error import Forbidden, InvalidToken, NetworkError, TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.telegram import (
    alerting,
    attempts,
    commands,
    editors,
    inline,
    logs,
    preferences,
    presses,
    questions,
    research,
    web,
)
from bot.telegram.delivery import Courier
from bot.telegram.desk import Desk
from bot.telegram.intake import WANTED, Intake
from bot.telegram.menus import set_menus
from bot.telegram.metrics import Metrics
from bot.telegram.ordering import InOrder
from bot.telegram.replying import reply
from bot.telegram.service import KEY, Service
from bot.telegram.splitting import escaped
from data.errors import SettingsError
from data.settings import Settings

_log = logging.getLogger(__name__)

JOURNAL: Final = "updates.journal"
STOP_SECONDS: Final = 8.0
"""Docker kills after ten."""
REFRESH_SECONDS: Final = 2.0

App = Application[Any, Any, Any, Any, Any, Any]

EDITORS: Final = (
    ("add", editors.on_add),
    ("remove", editors.on_remove),
    ("correct", editors.on_correct),
    ("rebuild", editors.on_rebuild),
    ("status", editors.on_status),
    ("feedback", editors.on_feedback),
    ("speakers", editors.on_speakers),
)


def run_until_stopped(
    settings: Settings,
    *,
    webhook_url: str | None,
    listen: str,
    port: int,
    secret: str | None,
    open_desk: Callable[[Settings], Desk] | None,
) -> None:
    """See ``bot.telegram.run``."""
    logs.set_up()
    asyncio.run(check_token(settings))
    if open_desk is None:
        from bot.asking.desk import Desk as TheDesk

        open_desk = TheDesk.open
    desk = open_desk(settings)
    bot = Bot(settings, desk)
    try:
        asyncio.run(bot.serve(webhook_url=webhook_url, listen=listen, port=port, secret=secret, until_signal=True))
    finally:
        bot.service.close()


def token_of(settings: Settings) -> str:
    """The token, looked at.

    Raises:
        SettingsError: there is none, or it can't be one.
    """
    token = settings.telegram_token.get_secret_value().strip() if settings.telegram_token else ""
    if not token:
        raise SettingsError("TELEGRAM_BOT_TOKEN is not set", hint="ask @BotFather for a bot and its token")
    number, _, rest = token.partition(":")
    if not (
        number.isascii() and number.isdigit() and len(rest) >= 20 and rest.replace("-", "").replace("_", "").isalnum()
    ):
        raise SettingsError("TELEGRAM_BOT_TOKEN does not look like a bot's token", hint="copy it again from @BotFather")
    return token


async def check_token(settings: Settings) -> None:
    """Ask Telegram who the bot is: before the model is loaded, so that a wrong token is told at once.

    Raises:
        SettingsError: Telegram does not know the token, or can't be reached.
    """
    bot = telegram.Bot(token_of(settings), base_url=f"{settings.telegram_api.rstrip('/')}/bot")
    try:
        await _introduced(bot.initialize(), settings)
    finally:
        with contextlib.suppress(TelegramError, RuntimeError):
            await bot.shutdown()


async def _introduced(introducing: Coroutine[Any, Any, None], settings: Settings) -> None:
    """The first call to Telegram, and what its failure means."""
    try:
        await introducing
    except InvalidToken:
        raise SettingsError(
            "Telegram does not know this TELEGRAM_BOT_TOKEN", hint="copy it again from @BotFather"
        ) from None
    except NetworkError:
        raise SettingsError(
            f"the Bot API server at {urlsplit(settings.telegram_api).netloc} can't be reached",
            hint="check the network and ONRECORD_TELEGRAM_API",
        ) from None


class Bot:
    """One running bot. ``serve`` it once; ``stop`` ends it.

    Args:
        clock: seconds that only go forward, for what is forgotten after a while.
    """

    def __init__(self, settings: Settings, desk: Desk, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.clock = clock
        self.service = Service(desk, settings, self.metrics, clock)
        self._stop = asyncio.Event()
        self.started = asyncio.Event()
        root = settings.telegram_api.rstrip("/")
        self.courier = Courier(self.metrics)
        self.journal = attempts.Journal(settings.home / JOURNAL, token_of(settings))
        self.order = InOrder(self.journal, self._finished, self._turned_away, self._given_up)
        self.app: App = (
            Application.builder()
            .token(token_of(settings))
            .base_url(f"{root}/bot")
            .base_file_url(f"{root}/file/bot")
            .updater(None)
            .rate_limiter(self.courier)
            .concurrent_updates(self.order)
            .connection_pool_size(256)
            .pool_timeout(30)
            .connect_timeout(10)
            .read_timeout(20)
            .media_write_timeout(60)
            .get_updates_connect_timeout(10)
            .get_updates_connection_pool_size(2)  # the last confirmation must not wait for the poll that was broken off
            .get_updates_pool_timeout(5)
            .build()
        )
        self.app.bot_data[KEY] = self.service
        self.intake = Intake(self.app.bot, self.app.update_queue, self.journal)
        add_handlers(self.app)

    def stop(self) -> None:
        """Stop taking updates, finish those in hand, and leave."""
        self._stop.set()

    async def serve(
        self,
        *,
        webhook_url: str | None = None,
        listen: str = "127.0.0.1",
        port: int = 8080,
        secret: str | None = None,
        until_signal: bool = False,
    ) -> None:
        """Run until stopped.

        Raises:
            SettingsError: Telegram does not know the token or take the webhook, or can't be reached at all.
        """
        if until_signal:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                with contextlib.suppress(NotImplementedError):
                    loop.add_signal_handler(number, self.stop)
        try:
            await _introduced(self.app.initialize(), self.settings)
        except SettingsError:
            with contextlib.suppress(TelegramError, RuntimeError):
                await self.app.shutdown()
            raise
        servers = []
        work: list[asyncio.Task[Any]] = []
        try:
            await self.app.start()
            if self.settings.telegram_metrics_port:
                servers.append(web.serve_metrics(self.metrics, self._healthy, self.settings.telegram_metrics_port))
            menus = asyncio.create_task(set_menus(self.app.bot, self.service.editors))
            work += [menus, asyncio.create_task(self._refresh())]
            taking: asyncio.Task[Any]
            if webhook_url:
                servers.append(await self._take_webhook(webhook_url, listen, port, secret))
                taking = asyncio.create_task(self._stop.wait())
            else:
                with contextlib.suppress(TelegramError):  # where one is set, polling says so
                    await self.app.bot.delete_webhook()
                taking = asyncio.create_task(self.intake.poll(self._stop))
            _log.info("the bot is up", extra={"kind": "webhook" if webhook_url else "polling"})
            self.started.set()
            try:
                await taking
            except InvalidToken:
                raise SettingsError("Telegram no longer knows this TELEGRAM_BOT_TOKEN") from None
        finally:
            self._stop.set()
            for server in servers:
                server.stop()
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await self._finish(polling=not webhook_url)

    async def _finish(self, *, polling: bool) -> None:
        """Let what is in hand be answered, for a while; what is not stays with Telegram."""
        deadline = asyncio.get_running_loop().time() + STOP_SECONDS
        await self.intake.emptied(STOP_SECONDS)
        if polling:
            await self.intake.confirm()
        if self.app.running:
            left = max(1.0, deadline - asyncio.get_running_loop().time())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.app.stop(), left)
        with contextlib.suppress(TelegramError, RuntimeError):
            await self.app.shutdown()
        self.journal.close()
        _log.info("the bot has stopped", extra={"count": self.intake.in_hand})

    async def _take_webhook(self, url: str, listen: str, port: int, secret: str | None) -> Any:
        parts = urlsplit(url)
        set_secret = self.settings.telegram_secret
        secret = secret or (set_secret.get_secret_value() if set_secret else None) or secrets.token_urlsafe(32)
        if not all(one.isascii() and (one.isalnum() or one in "_-") for one in secret) or len(secret) > 256:
            raise SettingsError("the webhook's secret may hold only A-Z, a-z, 0-9, _ and -", hint="up to 256 of them")
        server = web.serve_webhook(self.intake, self._healthy, secret, parts.path, listen, port)
        try:
            await self.app.bot.set_webhook(url, secret_token=secret, allowed_updates=WANTED, max_connections=100)
        except TelegramError as error:
            server.stop()
            raise SettingsError(
                f"Telegram does not take the webhook ({error})", hint="it must be a public https address"
            ) from None
        return server

    async def _refresh(self) -> None:
        """Notice new coverage."""
        broken = False
        watch = alerting.Watch(self.clock)
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            self.metrics.in_hand.set(self.intake.in_hand)
            try:
                await self.service.off_loop(self.service.desk.refresh)
                newest = await self.service.off_loop(self.service.desk.newest)
                broken = False
                if watch.due(newest):
                    await alerting.tell_all(self.app.bot, self.service)
            except Exception as error:
                if not broken:
                    broken = True
                    _log.warning("the archive could not be read again", exc_info=error)
                    await editors.note(
                        self.app.bot, self.service, "New coverage can't be taken in just now: see the logs."
                    )

    def _healthy(self) -> bool:
        return self.app.running and not self._stop.is_set()

    def _finished(self, update_id: int) -> None:
        self.intake.finished(update_id)

    async def _turned_away(self, update: Update) -> None:
        """Too many updates from one chat at once: say so to each that is let go."""
        self.metrics.answers.labels("turned away").inc()
        message = update.effective_message
        if message is None:
            return
        words = self.service.words(message.chat, message.from_user)
        line = words.say("That was a lot at once. I could not take this one: please ask it again in a moment.")
        with contextlib.suppress(TelegramError):
            await reply(self.app.bot, message, [escaped(line)])

    async def _given_up(self, update: Update) -> None:
        """An answer that was sent twice by processes that were killed then."""
        await in_doubt(update, self.app.bot, self.metrics)


def add_handlers(app: App) -> None:
    """Which update goes where. The first that fits takes it."""
    edits = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE
    for names, callback in (
        (["start"], commands.on_start),
        (["help"], commands.on_help),
        (["ask"], commands.on_ask),
        (["privacy"], commands.on_privacy),
        (["forget"], commands.on_forget),
        (["who"], research.on_who),
        (["timeline"], research.on_timeline),
        (["latest"], research.on_latest),
        (["compare"], research.on_compare),
        (["sources"], research.on_sources),
        (["settings"], preferences.on_settings),
        (["alerts"], preferences.on_alerts),
    ):
        app.add_handler(CommandHandler(names, callback, filters=edits))
    for name, command in EDITORS:  # an edited message must not do it twice
        app.add_handler(CommandHandler(name, editors.editors_only(command), filters=filters.UpdateType.MESSAGE))
    app.add_handler(CallbackQueryHandler(preferences.on_preference, pattern=preferences.PATTERN))
    app.add_handler(CallbackQueryHandler(presses.on_press))
    app.add_handler(ChatMemberHandler(preferences.on_membership, ChatMemberHandler.MY_CHAT_MEMBER))
    private = filters.ChatType.PRIVATE
    service: Service = app.bot_data[KEY]
    if service.editors:
        theirs = filters.UpdateType.MESSAGE & private & filters.User(service.editors)
        app.add_handler(MessageHandler(theirs & filters.Document.ALL, editors.on_file))
        app.add_handler(MessageHandler(theirs & filters.Regex(r"^\s*https?://\S+\s*$"), editors.on_link))
    if service.settings.telegram_inline:
        app.add_handler(InlineQueryHandler(inline.on_inline))
    app.add_handler(MessageHandler(edits & filters.COMMAND & private, questions.on_unknown_command))
    app.add_handler(MessageHandler(edits & filters.TEXT & ~filters.COMMAND, questions.on_text))
    app.add_handler(MessageHandler(edits & private & ~filters.StatusUpdate.ALL, questions.on_media))
    app.add_error_handler(on_error)


async def on_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Apologise to the reader; log what kind of thing broke and where, never what was asked."""
    error = context.error
    if isinstance(error, Forbidden):
        _log.info("a reader has blocked the bot")
        return
    _log.error("an update could not be dealt with", exc_info=error)
    if not isinstance(update, Update):
        return
    service: Service = context.bot_data[KEY]
    service.metrics.answers.labels("failed").inc()
    attempt = attempts.CURRENT.get()
    if attempt is not None and attempt.spent:
        await in_doubt(update, context.bot, service.metrics)
        return
    chat = update.effective_chat
    message = update.effective_message
    if chat is None or message is None:
        return
    try:
        line = questions.sorry(service.words(chat, update.effective_user))
        if update.callback_query is not None:
            await update.callback_query.answer(line[:200])
        else:
            await reply(context.bot, message, [escaped(line)])
    except Exception as second:
        _log.error("not even an apology could be sent", extra={"kind": type(second).__name__})
        await in_doubt(update, context.bot, service.metrics)


async def in_doubt(update: Update, bot: telegram.Bot, metrics: Metrics) -> None:
    """The answer went out twice, and still nobody knows whether it arrived: a third message could be one too many. A
    reaction on the question says so, and can be set any number of times."""
    metrics.doubtful.inc()
    message = update.message or update.edited_message
    try:
        if update.callback_query is not None:
            await update.callback_query.answer()
        elif message is not None:
            await bot.set_message_reaction(message.chat_id, message.message_id, attempts.IN_DOUBT)
    except TelegramError as error:  # some groups allow no reactions
        _log.error("a question stays without an answer", extra={"kind": type(error).__name__})
