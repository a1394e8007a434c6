"""The lines of a ledger: one entry for an event, an order, a hearing, a change of charges."""

from dataclasses import dataclass, field

from django.utils import formats
from django.utils.translation import gettext as _

from .citing import agreed, differences
from .telling import term_in_words

CUSTODY, COURT, CHARGES, OTHER = "custody", "court", "charges", "other"
CHANGED, FREE = "custody", "free"


@dataclass
class Entry:
    """One line of the ledger.

    `mark`: “custody” where custody or sentence changed, “free” where somebody left prison, else empty.
    `rank` orders entries of the same date: what happens to a person, then who orders it, then what a court hears.
    """

    on: object
    title: str
    text: str = ""
    kind: str = OTHER
    mark: str = ""
    rank: int = 5
    sequence: int = 0
    record: object = None
    citations: list = field(default_factory=list)
    differing: list = field(default_factory=list)
    added: list = field(default_factory=list)
    replaced: list = field(default_factory=list)
    new: list = field(default_factory=list)
    day: int | None = None
    people: list = field(default_factory=list)

    def takes(self, record, citations):
        """This line also tells `record`: its sources join, and what sources differ about is shown here."""
        citations = list(citations)
        self.citations += agreed(citations)
        self.differing += differences(record, citations)
        return self

    @property
    def order(self):
        """What lines of known date are sorted by, and lines of unknown date among themselves."""
        return (self.on, self.rank, self.sequence) if self.on else (self.sequence, self.rank)

    @property
    def when(self):
        """The date without its year, which stands above it."""
        if self.on is None:
            return _("Day not given")
        return {
            "day": lambda: formats.date_format(self.on.earliest, "j F"),
            "month": lambda: formats.date_format(self.on.earliest, "F"),
        }.get(self.on.precision, self.on.display)()

    @property
    def machine_date(self):
        """For <time datetime>: a day, a month or a year; empty for an interval."""
        return "" if self.on is None or self.on.precision == "interval" else str(self.on)

    @property
    def year(self):
        """The head under which the line stands; None where the day is not known."""
        return None if self.on is None or self.on.earliest.year == 1 else self.on.earliest.year


def event_line(event, cited):
    custody = event.kind in event.CUSTODY
    free = event.kind == event.Kind.RELEASE
    return Entry(
        event.on,
        event.get_kind_display(),
        event.summary or event.place_text,
        kind=CUSTODY if custody else OTHER,
        mark=FREE if free else CHANGED if custody else "",
        rank=1 if event.kind == event.Kind.ARREST else 7 if free else 5,
        sequence=event.sequence,
        record=event,
    ).takes(event, cited(event))


def order_line(order, cited):
    marks = {order.Kind.REFUSAL: "", order.Kind.RELEASE: FREE}
    court = _("Ordered by the %(court)s.") % {"court": order.court} if order.court else ""
    return Entry(
        order.ordered_on,
        _order_title(order),
        order.summary or court,
        kind=CUSTODY,
        mark=marks.get(order.kind, CHANGED),
        rank=3,
        sequence=order.sequence,
        record=order,
    ).takes(order, cited(order))


def _order_title(order):
    """“Remand” is an order to hold somebody for trial; the first order of another custody is called after that."""
    other = order.detention.Kind.ADMINISTRATIVE, order.detention.Kind.HOUSE_ARREST
    if order.kind == order.Kind.INITIAL and order.detention.kind in other:
        return order.detention.get_kind_display().capitalize()
    return order.get_kind_display()


def hearing_line(hearing, cited):
    court = str(hearing.court) if hearing.court else ""
    return Entry(
        hearing.on,
        hearing.get_kind_display(),
        hearing.outcome or court,
        kind=COURT,
        mark=CHANGED if hearing.kind in (hearing.Kind.VERDICT, hearing.Kind.SENTENCE) else "",
        rank=6,
        sequence=hearing.sequence,
        record=hearing,
    ).takes(hearing, cited(hearing))


def change_line(change, cited):
    return Entry(
        change.on,
        _("Charges"),
        change.summary or change.get_kind_display().capitalize() + ".",
        kind=CHARGES,
        rank=4,
        sequence=change.sequence,
        record=change,
        replaced=[charge.provision.article for charge in change.replaced],
        new=[charge.provision.article for charge in change.new],
    ).takes(change, cited(change))


def sentence_text(sentence):
    said = sentence.text or term_in_words(sentence.months) or sentence.get_form_display()
    return said if said.endswith(".") else f"{said}."
