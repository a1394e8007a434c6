"""How the desk speaks of a record: where it is edited and decided on, what waits there, when something was."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..actions.publishing import draft_rows
from .permitting import may_publish


def told(page):
    """A page as templates name it: its name, its address on the desk, what waits there, where it is published."""
    waiting = draft_rows(page)
    return {
        "record": page,
        "url": reverse(f"admin:cases_{page._meta.model_name}_change", args=[page.pk]),
        "publish_url": decision_url(page, "publish"),
        "waiting": sum(number for _model, number in waiting),
        "is_public": page.is_published,
    }


def is_public(row):
    """Whether the public reads `row`, as far as its own state says."""
    return getattr(row, "is_published", False)


def waiting_note(page, number, *, by):
    """How many rows of `page` wait, and where `by` publishes them, or sees which they are."""
    sentence = ngettext(
        "%(number)d row of “%(name)s” is not public yet.",
        "%(number)d rows of “%(name)s” are not public yet.",
        number,
    ) % {"number": number, "name": page}
    words = _("Publish…") if may_publish(by, page) else _("What would become public")
    return with_link(sentence, decision_url(page, "publish"), words)


def with_link(sentence, address, words):
    """`sentence`, and behind it `words` that lead to `address`."""
    return format_html("{} <a href='{}'>{}</a>", sentence, address, words)


def decision_url(record, verb):
    return reverse(f"admin:cases_{record._meta.model_name}_{verb}", args=[record.pk])


def day(field, description):
    """A column for the partial date `field`."""

    @admin.display(description=description, ordering=field)
    def shown(obj):
        value = getattr(obj, field)
        return value.display(short=True) if value else None

    shown.__name__ = field
    return shown
