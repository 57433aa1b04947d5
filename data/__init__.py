"""Articles in, statements out: reading, the archive, who said what and when. Knows nothing of vectors or chats."""
