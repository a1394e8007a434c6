"""The home page: who is held, as last confirmed; what changed last; how we know."""

from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django_countries import countries

from ..caching import public_page
from ..latest import latest_happenings
from ..lists import figures, held_by_country, held_people, outlets_of
from ..models import DetentionOrder
from ..silence import silenced
from ..telling import today_in
from ..withholding import withhold
from .rolls import roll_row

LONGEST_ROLL = 300
LATEST = 6
NAMED = 3


@require_safe
@public_page()
def home(request):
    on = timezone.localdate()
    numbers = held_by_country(on)
    names = silenced()
    people = withhold(list(held_people(on)[:LONGEST_ROLL]), names)
    outlets = {key: names.veiled(name) for key, name in outlets_of(people).items()}
    rows = [roll_row(p, today_in(p.country), belongs_to=outlets.get(p.pk, "")) for p in people]
    held = sum(number for number, _over in numbers.values())
    over = sum(number for _held, number in numbers.values())
    context = {
        "statement": statement(numbers),
        "page_title": statement(numbers),
        "page_description": _("Who they are, on what charges, since when, and how we know."),
        "rows": rows,
        "held": held,
        "over": over,
        "everybody": held + over,
        "changes": [change(row, persons) for row, persons in latest_happenings(on, LATEST)],
        "figures": figures(),
    }
    return render(request, "cases/home.html", context)


def statement(numbers):
    """How many are held and where, claiming no more than was last confirmed."""
    held = {country: number for country, (number, _over) in numbers.items() if number}
    total = sum(held.values())
    if not total:
        return _("Nobody is recorded as held.")
    n = formats.number_format(total, use_l10n=True, force_grouping=True)
    if len(held) == 1:
        said = ngettext(
            "%(n)s person is held in %(country)s, as last confirmed.",
            "%(n)s people are held in %(country)s, as last confirmed.",
            total,
        )
        return said % {"n": n, "country": countries.name(next(iter(held)))}
    said = _("%(n)s people are held in %(countries)d countries, as last confirmed.")
    return said % {"n": n, "countries": len(held)}


def change(row, persons):
    """One dated line: what happened, to whom, in our words."""
    is_order = isinstance(row, DetentionOrder)
    on = row.ordered_on if is_order else row.on
    title = _("Charges") if row._meta.model_name == "chargechange" else row.get_kind_display()
    return {
        "on": on.display(short=True),
        "machine_date": "" if on.precision == "interval" else str(on),
        "title": title,
        "text": getattr(row, "outcome", "") or getattr(row, "summary", ""),
        "persons": persons[:NAMED],
        "others": max(len(persons) - NAMED, 0),
        "free": row.kind == "release",
    }
