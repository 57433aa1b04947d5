"""A question to a query, passages to an answer, an answer to a message."""
