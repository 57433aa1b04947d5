"""Paragraphs to vectors, vectors to an index, a query to ranked passages. Knows nothing of Telegram."""
