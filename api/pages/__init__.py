"""The pages for people, /docs and /explore: files of `web/`, served as they are, without a key and uncounted."""

from api.pages.resource import add_pages
from api.pages.site import Site, site

__all__ = ["Site", "add_pages", "site"]
