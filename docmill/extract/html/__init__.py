"""HTML: main content as blocks, metadata from the page's head and markup."""

from docmill.extract.html.old import read_html

__all__ = ["read_html"]
