"""The bot's own HTTP: Telegram's webhook, a health page, and metrics."""

from __future__ import annotations

import hmac
import json
import logging
import re
from collections.abc import Callable
from typing import Any, Final

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from bot.telegram.intake import Intake
from bot.telegram.metrics import Metrics
from data.errors import SettingsError

_log = logging.getLogger(__name__)

CALLER_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_HOLD: Final = 25.0
"""Seconds that Telegram is kept waiting for an answer to be sent, before an update is taken from it unanswered."""
MOST_BODY: Final = 1 << 20

Health = Callable[[], bool]
Route = tuple[str, type[RequestHandler], dict[str, Any]]


class _Hook(RequestHandler):
    """Takes an update, and says so only when it has been dealt with: until then Telegram keeps it."""

    def initialize(self, intake: Intake, secret: str) -> None:
        self.intake = intake
        self.secret = secret

    async def post(self) -> None:
        given = self.request.headers.get(CALLER_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            _log.warning("a call to the webhook without its secret")
            self.set_status(403)
            return
        try:
            raw = json.loads(self.request.body)
        except ValueError:
            self.set_status(400)
            return
        if not await self.intake.take_and_wait(raw, LONGEST_HOLD):
            self.set_status(400)

    def write_error(self, status_code: int, **_: object) -> None:  # noqa: ARG002
        self.finish()


class _Health(RequestHandler):
    def initialize(self, healthy: Health) -> None:
        self.healthy = healthy

    def get(self) -> None:
        well = self.healthy()
        self.set_status(200 if well else 503)
        self.set_header("Content-Type", "application/json")
        self.write(json.dumps({"status": "ok" if well else "stopping"}))


class _Metrics(RequestHandler):
    def initialize(self, metrics: Metrics) -> None:
        self.metrics = metrics

    def get(self) -> None:
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.write(self.metrics.page())


def serve_webhook(intake: Intake, healthy: Health, secret: str, path: str, listen: str, port: int) -> HTTPServer:
    """Listen for Telegram on one path; ``/health`` beside it.

    Raises:
        SettingsError: the address can't be bound.
    """
    routes: list[Route] = [
        (re.escape(path or "/") + "$", _Hook, {"intake": intake, "secret": secret}),
        (r"/health$", _Health, {"healthy": healthy}),
    ]
    return _served(routes, listen, port)


def serve_metrics(metrics: Metrics, healthy: Health, port: int) -> HTTPServer:
    """``/metrics`` and ``/health``, on loopback only.

    Raises:
        SettingsError: the port is taken.
    """
    routes: list[Route] = [(r"/metrics$", _Metrics, {"metrics": metrics}), (r"/health$", _Health, {"healthy": healthy})]
    return _served(routes, "127.0.0.1", port)


def _served(routes: list[Route], listen: str, port: int) -> HTTPServer:
    application = Application(list(routes), log_function=lambda _: None)
    server = HTTPServer(application, max_body_size=MOST_BODY, xheaders=False)
    try:
        server.add_sockets(bind_sockets(port, listen))
    except OSError as error:
        raise SettingsError(
            f"can't listen on {listen} port {port} ({error.strerror or error})", hint="choose another with --port"
        ) from None
    return server
