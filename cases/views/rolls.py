"""One row of a roll of people: the name, the days, a note."""

from django.utils.translation import gettext as _

from ..models import CustodyReport
from ..searching import fold
from ..telling import short_term, tell_count


def initials(name):
    """The first letters of the first two words of a name, for the plate."""
    return "".join(word[0] for word in name.split()[:2]).upper()


def work(person, affiliations):
    """What somebody does and for whom: the occupation, and the organisation unless it is named there or disputed."""
    names = [a.organisation.name for a in affiliations if a.attribution in ("", "self_stated", "confirmed")]
    said = fold(person.occupation).split()
    unsaid = [name for name in names if fold(name).split()[:1] and fold(name).split()[0] not in said]
    return ", ".join(filter(None, [person.occupation, *unsaid[:1]]))


def roll_row(person, on, *, belongs_to="", disputed=False):
    """What a roll says of `person` on the day `on`. `belongs_to`: the outlet or organisation named in the note."""
    standing = getattr(person, "standing", None)
    count = tell_count(standing, on)
    note = " · ".join(filter(None, [belongs_to or person.occupation, stage(standing)]))
    more = [_("Term over; last confirmed %(day)s") % {"day": count.confirmed}] if count.form == "over" else []
    more += [_("The tie to the outlet is disputed")] if disputed else []
    return {"person": person, "count": count, "note": note, "more": more}


def stage(standing):
    """Where the prosecution stands, in a word or two: the term once there is one."""
    if standing is None or not standing.status:
        return ""
    if standing.status == "convicted_imprisoned" and standing.term_months:
        return short_term(standing.term_months)
    return CustodyReport.Status.told(standing.status)


def longest_first(rows):
    """Most days first; those whose term is over last of all, those without a count before them."""
    last = {"over": 2, "none": 1}
    return sorted(rows, key=lambda row: (last.get(row["count"].form, 0), -row["count"].days, row["person"].name))
