"""Commands that measure. Each names the data it needs and says so when the data is absent."""
