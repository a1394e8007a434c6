"""The list of cases: search, three facets, three orders. The query string is the whole state."""

from django.core.paginator import InvalidPage, Paginator
from django.db.models import F
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..caching import public_page
from ..lists import PUBLIC_NAME, with_days
from ..models import Person
from ..silence import silenced
from ..telling import today_in
from ..withholding import withhold
from .facets import FACETS, Choice, facets
from .rolls import initials, roll_row, stage

PER_PAGE = 50


@require_safe
@public_page(varies=dict.fromkeys((*FACETS, "sort", "page"), str), never_with=("q",))
def listing(request):
    choice = Choice.read(request.GET)
    on = timezone.localdate()
    found = order(with_days(choice.narrow(Person.objects.public()), on), choice.sort)
    page = _page(found.select_related("standing"), choice.page)
    page.object_list = list(page.object_list)
    boxes = facets(choice)
    context = {
        "choice": choice,
        "facets": boxes,
        "chips": choice.chips(boxes),
        "rows": [_row(person) for person in withhold(page.object_list, silenced())],
        "page": page,
        "found": page.paginator.count,
        "total": Person.objects.public().count() if choice.is_narrowed else page.paginator.count,
        "orders": choice.orders(),
        "older": choice.query(page=page.next_page_number()) if page.has_next() else "",
        "newer": choice.query(page=page.previous_page_number()) if page.has_previous() else "",
        "noindex": choice.is_narrowed or page.number > 1 or choice.sort != "days",
        "page_title": _("Cases"),
        "page_description": _("Who is held, since when, on what charges. Search by name, outlet or article."),
    }
    return render(request, "cases/list.html", context)


def order(people, sort):
    by = {
        "name": [PUBLIC_NAME],
        "change": [F("standing__last_event_on").desc(nulls_last=True), PUBLIC_NAME],
    }.get(sort, [F("days").desc(nulls_last=True), PUBLIC_NAME])
    return people.order_by(*by, "pk")


def _page(people, number):
    try:
        return Paginator(people, PER_PAGE).page(number)
    except InvalidPage:
        raise Http404 from None


def _row(person):
    """A row of the list: the roll's row, the plate's initials, and the charge told first."""
    standing = getattr(person, "standing", None)
    return {
        **roll_row(person, today_in(person.country)),
        "initials": initials(person.name),
        "charge": standing.current_charge if standing else "",
        "more_charges": max(standing.current_charges - 1, 0) if standing else 0,
        "stage": stage(standing),
        "as_of": standing.status_as_of.display(short=True) if standing and standing.status_as_of else "",
    }
