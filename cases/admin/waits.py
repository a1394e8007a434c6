"""What waits for somebody: named conditions on the rows of a drawer.

The desk counts them and the drawer's list filters by them, so a number on the desk and the rows behind it agree.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Count, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class Waiting:
    """One thing to do. `rows`: model → function of (moment, user) that gives the condition its rows fulfil.

    `needs`: permissions without which it is not spoken of. `urgent`: it should have been done already.
    """

    key: str
    section: str | Promise
    sentence: str | Promise
    rows: dict[type, Callable]
    needs: tuple[str, ...] = ()
    urgent: bool = False

    def is_open_to(self, user):
        return user.has_perms(self.needs)


@dataclass(frozen=True)
class Number:
    """How many rows of one drawer wait, and where they are listed."""

    count: int
    noun: str
    url: str


@dataclass
class Line:
    sentence: str
    urgent: bool
    numbers: list[Number] = field(default_factory=list)


@dataclass
class Section:
    heading: str
    lines: list[Line] = field(default_factory=list)


class WaitsFilter(admin.SimpleListFilter):
    """Narrows a list to what waits. A subclass names its `waitings`."""

    title = _("what waits")
    parameter_name = "waits"
    waitings: tuple[Waiting, ...] = ()

    def lookups(self, request, model_admin):
        self.user = request.user
        self.found = {
            waiting.key: waiting
            for waiting in self.waitings
            if model_admin.model in waiting.rows and waiting.is_open_to(request.user)
        }
        return [(key, waiting.sentence) for key, waiting in self.found.items()]

    def has_output(self):
        """Also where nothing may be chosen: whoever asks all the same is refused, not shown everything."""
        return super().has_output() or self.value() is not None

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() not in self.found:
            raise IncorrectLookupParameters
        return queryset.filter(self.found[self.value()].rows[queryset.model](timezone.now(), self.user))


def sections(site, request, waitings):
    """The desk's sections with a line for each of `waitings` that is not empty; one statement counts them all."""
    open_to = [
        (waiting, model, site._registry[model])
        for waiting in waitings
        if waiting.is_open_to(request.user)
        for model in waiting.rows
        if model in site._registry and site._registry[model].has_view_permission(request)
    ]
    counts = _count(open_to, request)
    found, lines = {}, {}
    for waiting, model, _drawer in open_to:
        section = found.setdefault(str(waiting.section), Section(waiting.section))
        if number := counts.get(_mark(waiting, model), 0):
            if waiting.key not in lines:
                lines[waiting.key] = Line(waiting.sentence, waiting.urgent)
                section.lines.append(lines[waiting.key])
            lines[waiting.key].numbers.append(_number(waiting, model, number))
    return list(found.values())


def _count(open_to, request):
    at = timezone.now()
    counted = []
    for waiting, model, drawer in open_to:
        rows = drawer.get_queryset(request).filter(waiting.rows[model](at, request.user)).order_by().values("pk")
        marked = model._base_manager.filter(pk__in=rows).order_by().annotate(what=Value(_mark(waiting, model)))
        counted.append(marked.values("what").annotate(number=Count("pk")).values_list("what", "number"))
    return dict(counted[0].union(*counted[1:], all=True)) if counted else {}


def _mark(waiting, model):
    return f"{waiting.key} {model._meta.label_lower}"


def _number(waiting, model, number):
    listed = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    noun = ngettext(str(model._meta.verbose_name), str(model._meta.verbose_name_plural), number)
    return Number(number, noun, f"{listed}?waits={waiting.key}")
