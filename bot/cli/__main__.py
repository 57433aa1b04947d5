"""`python -m bot.cli`: the same as `onrecord`."""

from bot.cli import main

main()
