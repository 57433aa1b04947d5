"""Who said what: attributions (speaker, cue, content) found in an article's text."""

from data.statements.finding import RULES, find
from data.statements.parsing import ParsedArticle, Parser
from data.statements.passages import passage_of

__all__ = ["RULES", "ParsedArticle", "Parser", "find", "passage_of"]
