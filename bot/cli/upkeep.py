"""`onrecord status`, `check`, `rebuild` and the rest of the upkeep."""

COMMANDS = ()
