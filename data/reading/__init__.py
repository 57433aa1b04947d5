"""Reading: every format to ``Article``s whose text is stored exactly as it was read."""

from data.reading.identity import canonical_url, compare, content_hash, paragraph_hash
from data.reading.reading import ReadResult, as_object, read

__all__ = ["ReadResult", "as_object", "canonical_url", "compare", "content_hash", "paragraph_hash", "read"]
