"""The counts against a person as a page groups them: what was replaced, what replaced it, what stands beside.

Pure: it works on the rows of a dossier. A count is told as what the authorities allege.
"""

from dataclasses import dataclass, field

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .charging import laid_on, last_event, stands
from .citing import agreed, differences
from .telling import on_day, penalty, short_term

CONVICTED = ("convicted", "convicted_in_case", "convicted_lesser")


@dataclass
class Count:
    """One count: the article, what it punishes, when it was laid, how it ended, and the penalty as far as known."""

    charge: object
    laid: str
    fate: str
    penalty: str
    current: bool
    citations: list
    differing: list

    @property
    def article(self):
        return self.charge.provision.article

    @property
    def heading(self):
        return self.charge.provision.heading

    @property
    def told(self):
        """Everything beside the heading, on one line."""
        return " · ".join(filter(None, [self.laid, self.fate, self.penalty]))


@dataclass
class Block:
    """Counts that changed together: `was` was replaced by `now`; either may be empty."""

    was: list = field(default_factory=list)
    now: list = field(default_factory=list)
    replaced: str = ""
    together: str = ""
    citations: list = field(default_factory=list)
    differing: list = field(default_factory=list)
    on: object = None

    @property
    def own(self):
        """The citations of the change itself, as far as no count of the block shows its source."""
        shown = {citation.source_id for count in (*self.was, *self.now) for citation in count.citations}
        return self.citations if self.together else [c for c in self.citations if c.source_id not in shown]

    @property
    def shared(self):
        """The citations that all counts of the block have in common, told once; else none."""
        if len(self.now) < 2 or len({_sources(count) for count in self.now}) > 1:
            return []
        return self.now[0].citations


def blocks(dossier):
    """The counts of a dossier as `Block`s: the changes in their order, then the counts that took part in none."""
    counts = {charge.pk: _count(charge, dossier) for charge in dossier.charges}
    changed = [_block(change, counts, dossier.citations.of(change)) for change in dossier.changes]
    placed = {count.charge.pk for block in changed for count in (*block.was, *block.now)}
    gone = [c for c in counts.values() if c.charge.pk not in placed and _was_superseded(c.charge)]
    rest = [c for c in counts.values() if c.charge.pk not in placed and not _was_superseded(c.charge)]
    alone = [Block(was=gone, replaced=_("Replaced; by which charge is not stated."))] if gone else []
    laid = min((laid_on(c.charge.told) for c in rest if laid_on(c.charge.told)), default=None)
    told = [*alone, *(b for b in changed if b.was or b.now), *([Block(now=rest, on=laid)] if rest else [])]
    return [b for b in told if not b.on] + sorted((b for b in told if b.on), key=lambda block: block.on)


def accusers(dossier):
    """Who alleges, in one sentence."""
    named = [charge.alleged_by for charge in dossier.charges] + [change.decided_by for change in dossier.changes]
    named = list(dict.fromkeys(filter(None, named)))
    if not named:
        return _("Alleged by the authorities.")
    return _("Alleged by: %(authorities)s.") % {"authorities": "; ".join(named)}


def conviction(dossier):
    """When a court convicted on these counts, in one sentence; empty while it has not."""
    found = [event for charge in dossier.charges for event in charge.told if event.status in CONVICTED]
    days = sorted({event.on for event in found if event.on})
    if not found:
        return ""
    unread = any(event.status == "convicted_in_case" for event in found)
    said = _("Convicted in the case") if unread else _("Convicted")
    if days:
        said = _("%(said)s %(on_day)s") % {"said": said, "on_day": on_day(days[-1])}
    if unread:
        return _("%(said)s; the result for the single count was not read.") % {"said": said}
    return f"{said}."


def highest_penalty(dossier):
    """The highest single maximum among the counts that stand (never a sum); empty where none is recorded."""
    months = [
        charge.provision.penalty_max_months
        for charge in dossier.charges
        if charge.provision.penalty_max_months and _stands(charge, dossier.changes)
    ]
    return short_term(max(months)) if months else ""


def _count(charge, dossier):
    cited = dossier.citations.of(charge)
    known = charge.provision.penalty_min_months or charge.provision.penalty_max_months
    if known or charge.provision.life_imprisonment:
        cited = cited + dossier.citations.of(charge.provision)
    return Count(
        charge=charge,
        laid=_laid(charge),
        fate=_fate(charge),
        penalty=penalty(charge.provision),
        current=_stands(charge, dossier.changes),
        citations=agreed(cited),
        differing=differences(charge, cited),
    )


def _laid(charge):
    on = laid_on(charge.told)
    return on.display() if on else _("laying date not recorded")


def _fate(charge):
    """The last thing that happened to the charge after it was laid, without what a note explains."""
    last = last_event(charge.told)
    if last is None or last.status == last.Status.CHARGED:
        return ""
    return str(last.get_status_display()).partition(";")[0]


def _was_superseded(charge):
    return any(event.status == event.Status.SUPERSEDED for event in charge.told)


def _stands(charge, changes):
    return stands(charge.told, replaced=any(charge in change.replaced for change in changes))


def _block(change, counts, cited):
    was = [counts[charge.pk] for charge in change.replaced]
    now = [counts[charge.pk] for charge in change.new]
    reported = change.reported_penalty
    return Block(
        was=was,
        now=now,
        replaced=_replaced(change, now) if was else "",
        together=_("%(penalty)s, as reported for all together") % {"penalty": f"“{reported}”"} if reported else "",
        citations=agreed(cited),
        differing=differences(change, cited),
        on=change.on,
    )


def _replaced(change, now):
    """“Replaced in August 2024 by seven counts.”"""
    when = " " + on_day(change.on) if change.on else ""
    if not now:
        return _("Replaced%(when)s; by which charge is not stated.") % {"when": when}
    said = ngettext("Replaced%(when)s by %(n)s count.", "Replaced%(when)s by %(n)s counts.", len(now))
    return said % {"when": when, "n": apnumber(len(now))}


def _sources(count):
    return frozenset(citation.source_id for citation in count.citations)
