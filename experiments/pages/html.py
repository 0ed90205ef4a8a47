"""Markdown as one HTML page that needs nothing else."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from itertools import pairwise
from string import Template

from markdown_it import MarkdownIt
from markdown_it.token import Token


def html_page(markdown: str, images: Mapping[str, bytes], title: str) -> str:
    """Render a page with its images inlined; HTML in the text is shown as text.

    Parameters
    ----------
    markdown : str
        CommonMark with tables.
    images : mapping of str to bytes
        SVG files by the address that the text has for them; other images stay as they are.
    title : str
    """
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = renderer.parse(markdown)
    headings = _anchored(tokens)
    for token in tokens:
        for child in token.children or []:
            address = str(child.attrs.get("src", ""))
            if child.type == "image" and address in images:
                child.attrs["src"] = "data:image/svg+xml;base64," + base64.b64encode(images[address]).decode("ascii")
        if token.type == "table_open":
            token.attrSet("class", "report")
    body = renderer.renderer.render(tokens, renderer.options, {})
    body = body.replace('<table class="report">', '<div class="table"><table>').replace("</table>", "</table></div>")
    first, rest = body.split("</h1>", 1) if "</h1>" in body else ("", body)
    opening = f"{first}</h1>" if first else ""
    template = Template(files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
    return template.substitute(title=escape(title), body=f"{opening}\n{_contents(headings)}{rest}")


def _anchored(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """Give second-level headings an anchor; returns anchors and texts."""
    headings: list[tuple[str, str]] = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            anchor = f"section-{len(headings) + 1}"
            token.attrSet("id", anchor)
            headings.append((anchor, inline.content))
    return headings


def _contents(headings: Sequence[tuple[str, str]]) -> str:
    items = "\n".join(f'<li><a href="#{anchor}">{escape(text)}</a></li>' for anchor, text in headings)
    return f"<nav><ul>\n{items}\n</ul></nav>\n"
