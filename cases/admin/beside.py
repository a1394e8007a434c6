"""The sources that a row of a table has already, told beside the field that adds another."""

from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.utils.html import format_html, format_html_join

from ..models import Citation, State


def cited(row):
    """The sources cited for `row`, each once; one that does not support it says how it stands to it.

    Reads what was fetched with the row, where `citations__source__publisher` was.
    """
    told = {}
    for citation in row.citations.all():
        if citation.state != State.RETRACTED:
            told[_told(citation)] = True
    return list(told)


def _told(citation):
    if citation.stance == Citation.Stance.SUPPORTS:
        return str(citation.source)
    return f"{citation.source} ({citation.get_stance_display()})"


def as_list(names):
    items = format_html_join("", "<li>{}</li>", ([name] for name in names))
    return format_html('<ul class="cited">{}</ul>', items) if items else ""


class SourcesBeside(RelatedFieldWidgetWrapper):
    """The look-up for one more source, and under it those that are cited already."""

    cited = ()

    def render(self, *args, **kwargs):
        return format_html("{}{}", super().render(*args, **kwargs), as_list(self.cited))
