"""The public pages of the record. Each begins at what is public; a draft is a 404."""

from .case import case
from .home import home
from .listing import listing
from .pictures import picture
from .proceeding import proceeding

__all__ = ["case", "home", "listing", "picture", "proceeding"]
