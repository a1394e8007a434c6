"""Lists of drawers that may hold a million rows: they count to a limit, and sort only as an index does."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils.functional import cached_property

MOST = 5000
"""Rows counted, and shown on pages; who looks for more narrows the list."""


class PaginatorToALimit(Paginator):
    """Counts no further than MOST rows, so that the first page of a million costs what that of a thousand does."""

    @cached_property
    def counted(self):
        return self.object_list[: MOST + 1].count()

    @cached_property
    def count(self):
        return min(self.counted, MOST)

    @property
    def goes_on(self):
        """Whether there are more rows than were counted."""
        return self.counted > MOST


class CountsToALimit:
    """For a ModelAdmin. Its `list_filter` and `dated_by` name only what an index answers.

    `dated_by`: dates by whose range a list may be narrowed; it is then ordered by that date, as the index is.
    """

    paginator = PaginatorToALimit
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    dated_by: tuple[str, ...] = ()

    def get_ordering(self, request):
        for field in self.dated_by:
            if any(name.startswith(f"{field}__") for name in request.GET):
                return [f"-{field}", "-pk"]
        return ["-pk"]
