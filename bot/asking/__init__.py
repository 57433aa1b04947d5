"""The heart: a question understood, an answer arranged from the archive's own words. Knows no Telegram."""
