"""From an editor's Markdown to the HTML that is kept: CommonMark without HTML, links marked as foreign."""

import nh3
from markdown_it import MarkdownIt

_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "h3", "h4", "hr"}
_markdown = MarkdownIt("commonmark", {"html": False})


def render_markdown(text):
    """Safe HTML of `text`: paragraphs, lists, emphasis, quotations, links to http(s) and mailto."""
    return nh3.clean(
        _markdown.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
