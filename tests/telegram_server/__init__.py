"""A Bot API server for tests: speaks Telegram's protocol over HTTP on loopback and refuses what Telegram refuses.

Sources of its rules: core.telegram.org/bots/api and /bots/faq (methods, limits, formatting), and the answers of the
Bot API server's maintainers in its issue tracker (https://github.com/tdlib/telegram-bot-api/issues/374: 4,096
characters are counted after the entities are parsed). Where the documents leave a choice, the double takes the
stricter side, so what passes here passes there.
"""

from tests.telegram_server.faults import Fault, Faults
from tests.telegram_server.people import Group, Person, Press
from tests.telegram_server.server import BotApiServer, Call
from tests.telegram_server.state import ApiError, State

__all__ = ["ApiError", "BotApiServer", "Call", "Fault", "Faults", "Group", "Person", "Press", "State"]
