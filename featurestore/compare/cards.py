"""A model card's Markdown as HTML, whatever it holds: no HTML of its own, no picture, no strange address."""

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# `html` off escapes tags; markdown-it itself refuses javascript:, vbscript:, file: and data: addresses. A picture would
# be fetched from wherever the card says.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_DEEPER = 2  # the page has h1 and h2 of its own


def as_html(text: str) -> SafeString:
    """Safe to be put on a page; headings begin at h3."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + _DEEPER)}"
    return mark_safe(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))  # noqa: S308  # escaped by markdown-it
