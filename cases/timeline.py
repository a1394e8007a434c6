"""The ordered story of a person: what orders, hearings, charges and events tell, merged where they tell the same.

Pure: it works on the rows of a dossier and asks nothing of the database.
"""

from collections import defaultdict

from django.utils.translation import gettext as _

from .citing import agreed
from .entries import (
    CHANGED,
    CHARGES,
    COURT,
    CUSTODY,
    FREE,
    OTHER,
    Entry,
    change_line,
    event_line,
    hearing_line,
    order_line,
    sentence_text,
)

BEGINS = ("arrest", "detained_and_released", "house_arrest", "administrative_arrest", "conversion")
CONTINUES = ("transfer", "initial")
ENDS = ("release", "death", "police_supervision", "house_arrest", "conversion", "transfer")
SPEAKING = ("verdict", "sentence", "appeal", "cassation")


def story(dossier, counted=None):
    """The entries about the person of `dossier`, first to last, those of unknown date at the end.

    `counted`: the person's `DayCount`; entries within the stay that it counts from say which day of it they fall on.
    """
    cited = dossier.citations.of
    entries = [event_line(event, cited) for event in dossier.events]
    entries += [order_line(order, cited) for order in dossier.orders]
    hearings = [hearing_line(hearing, cited) for hearing in dossier.hearings]
    changes = [change_line(change, cited) for change in dossier.changes]
    entries += hearings + changes
    entries += _detentions(dossier.detentions, entries, cited)
    entries += _sentences(dossier.sentences, hearings, cited)
    entries += _charge_events(dossier.charges, changes, hearings, cited)
    for entry in entries:
        entry.day = _day(entry.on, counted)
    return _once(_in_order(entries))


def happenings(docket):
    """The hearings and events of a proceeding, first to last, those of unknown date at the end. An entry names its
    people unless it is about everybody."""
    cited = docket.citations.of
    entries = [event_line(event, cited) for event in docket.events]
    entries += [hearing_line(hearing, cited) for hearing in docket.hearings]
    for entry in entries:
        everybody = len(entry.record.people) == len(docket.defendants)
        entry.people = [] if everybody else entry.record.people
    return _in_order(entries)


def by_year(entries):
    """The entries under their heads: [(year or None, entries)], None last."""
    years = defaultdict(list)
    for entry in entries:
        years[entry.year].append(entry)
    return sorted(years.items(), key=lambda item: (item[0] is None, item[0] or 0))


def kinds(entries):
    """How many lines of each kind there are: [(kind, label, number)], kinds without a line left out."""
    labels = {CUSTODY: _("Custody"), COURT: _("Court"), CHARGES: _("Charges"), OTHER: _("Other")}
    numbers = {kind: sum(entry.kind == kind for entry in entries) for kind in labels}
    return [(kind, label, numbers[kind]) for kind, label in labels.items() if numbers[kind]]


def _in_order(entries):
    dated, undated = [e for e in entries if e.on], [e for e in entries if not e.on]
    return sorted(dated, key=lambda e: e.order) + sorted(undated, key=lambda e: e.order)


def _once(entries):
    """Lines of the same day and kind that say the same become one line with both titles."""
    told = {}
    for entry in entries:
        first = told.setdefault((entry.on, entry.kind, entry.text) if entry.text else id(entry), entry)
        if first is not entry:
            first.title = _joined(first.title, entry.title)
            first.added += [said for said in entry.added if said not in first.added]
            first.differing += entry.differing
            first.mark = first.mark or entry.mark
            first.replaced, first.new = first.replaced or entry.replaced, first.new or entry.new
            first.citations += entry.citations
    return list(told.values())


def _joined(title, other):
    """Two titles as one; a title that stands there already is not repeated."""
    if str(other) in str(title).split(", ") or str(title) == str(other):
        return title
    return f"{title}, {str(other)[:1].lower()}{str(other)[1:]}"


def _detentions(detentions, entries, cited):
    """Beginnings and ends of custody that no event or order of that day tells; the others take the sources along."""
    fresh = []
    for detention in detentions:
        told = _told_on(entries, detention.from_on, BEGINS) or _told_on(entries, detention.from_on, CONTINUES)
        if not told:
            told = Entry(
                detention.from_on,
                _("Arrest") if detention.in_prison else detention.get_kind_display().capitalize(),
                _("Place: %(place)s.") % {"place": detention.arrest_place} if detention.arrest_place else "",
                kind=CUSTODY,
                mark=CHANGED,
                rank=1,
                sequence=detention.sequence,
                record=detention,
            )
            fresh.append(told)
        told.takes(detention, cited(detention))
        fresh += _end(detention, entries, cited)
    return fresh


def _end(detention, entries, cited):
    """The line that says how custody ended, where no other line of that day does."""
    release = detention.Release
    if not detention.ended or _told_on(entries, detention.until_on, ENDS):
        return []
    if detention.release == release.TRANSFERRED or not (detention.until_on or detention.release):
        return []
    mark = CHANGED if detention.release == release.DIED else FREE
    text = _("From %(custody)s.") % {"custody": detention.get_kind_display()}
    if detention.release not in ("", release.RELEASED):
        text = detention.get_release_display().capitalize() + "."
    entry = Entry(detention.until_on, _("Release"), text, kind=CUSTODY, mark=mark, rank=7, record=detention)
    if detention.release == release.DIED:
        entry.title = _("Death")
    entry.citations += agreed(cited(detention))
    return [entry]


def _told_on(entries, on, ways):
    """The entry of exactly this date whose record is of one of these kinds."""
    same = [e for e in entries if e.on == on and on is not None and getattr(e.record, "kind", "") in ways]
    return next(iter(same), None)


def _sentences(sentences, hearings, cited):
    """Sentences pronounced at a hearing are told there, for this person alone unless it was about nobody else; the
    others get a line."""
    fresh = []
    for sentence in sentences:
        told = _hearing_of(sentence, hearings)
        if not told:
            told = Entry(
                sentence.on,
                _("Sentence") if sentence.kind == sentence.Kind.IMPOSED else sentence.get_kind_display().capitalize(),
                sentence_text(sentence).capitalize(),
                kind=COURT,
                rank=6,
                sequence=sentence.sequence,
                record=sentence,
            )
            fresh.append(told)
        elif sentence.kind != sentence.Kind.UPHELD and not (told.record.of_one and told.record.outcome):
            told.added.append(_("This person: %(sentence)s") % {"sentence": sentence_text(sentence)})
        told.mark = CHANGED
        told.takes(sentence, cited(sentence))
    return fresh


def _hearing_of(sentence, hearings):
    """The line of the hearing at which a sentence was pronounced: the one it names, else the verdict of its day."""
    for entry in hearings:
        if sentence.hearing_id and entry.record.pk == sentence.hearing_id:
            return entry
    return _told_on(hearings, sentence.on, SPEAKING) if sentence.on and not sentence.hearing_id else None


def _charge_events(charges, changes, hearings, cited):
    """What happened to charges, one line for each date and status; silent where a change or a verdict tells it."""
    grouped = defaultdict(list)
    for charge in charges:
        for event in charge.told:
            grouped[event.on, event.status].append((charge, event))
    fresh = []
    for (on, status), pairs in grouped.items():
        untold = []
        for charge, event in pairs:
            told = _teller(charge, event, changes, hearings)
            if told:
                _join(told, cited(event))
            else:
                untold.append((charge, event))
        if untold and not (on is None and status == "unknown"):
            fresh.append(_charge_line(on, untold, cited))
    return fresh


def _teller(charge, event, changes, hearings):
    """The line that already tells this event: a change of that date in which `charge` takes part, or a verdict."""
    part = {"charged": "new", "superseded": "replaced"}.get(event.status)
    for entry in changes:
        if part and charge in getattr(entry.record, part) and event.on in (entry.on, None):
            return entry
    decided = [
        "convicted",
        "convicted_in_case",
        "convicted_lesser",
        "not_in_verdict",
        "acquitted",
        "upheld",
        "quashed",
    ]
    speaking = ("verdict", "sentence", "appeal", "cassation")
    return _told_on(hearings, event.on, speaking) if event.status in decided else None


def _join(entry, citations):
    """Adds sources that the line does not have yet."""
    known = {citation.source_id for citation in entry.citations}
    entry.citations += [citation for citation in agreed(citations) if citation.source_id not in known]


def _charge_line(on, pairs, cited):
    event = pairs[0][1]
    named = "; ".join(f"{c.provision.article} {c.provision.heading}".strip() for c, _event in pairs)
    summaries = list(dict.fromkeys(e.summary for _charge, e in pairs if e.summary))
    entry = Entry(
        on,
        event.get_status_display().partition(";")[0].capitalize(),
        " ".join([f"{named}.", *summaries]),
        kind=CHARGES,
        rank=2,
        sequence=event.sequence,
        record=event,
    )
    for charge, each in pairs:
        entry.takes(each, cited(each))
        if not entry.citations and not entry.differing:
            _join(entry, cited(charge))
    return entry


def _day(on, counted):
    """Which day of the stay it was; None for another stay, a vague date or an unknown beginning."""
    if not (on and on.day and counted and counted.since and counted.since.day):
        return None
    after_end = counted.until and on.day > counted.until.latest
    return None if on.day < counted.since.day or after_end else (on.day - counted.since.day).days + 1
