"""The facts beside the ask: sentence, next hearing, ties, recognition, how sure."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..citing import agreed, differences
from ..telling import short_term


def facts(dossier, on, sources):
    """Label, value and references of each fact; None where there is nothing to tell."""
    yield _sentence_fact(dossier, sources)
    yield _hearing_fact(dossier, on, sources)
    for affiliation in dossier.affiliations:
        yield _affiliation_fact(affiliation, dossier, sources)
    yield _recognition_fact(dossier, sources)
    yield {"label": _("Verified"), "value": badge(dossier.standing), "refs": []}


def _sentence_fact(dossier, sources):
    """The penalty as imposed and every later decision about it."""
    if not dossier.sentences:
        return None
    said = []
    for sentence in dossier.sentences:
        words = sentence.text or short_term(sentence.months) or sentence.get_form_display()
        if sentence.kind == sentence.Kind.UPHELD:
            words = str(sentence.get_kind_display())
        elif sentence.kind != sentence.Kind.IMPOSED:
            words = ": ".join(filter(None, [sentence.get_kind_display(), sentence.text]))
        said.append(f"{words}, {sentence.on.display()}" if sentence.on else words)
    cited = dossier.citations.of(*dossier.sentences)
    differing = [d for s in dossier.sentences for d in told_differences(sources, s, dossier)]
    return {
        "label": _("Sentence"),
        "value": "; ".join(said),
        "refs": sources.refs(agreed(cited)),
        "differs": differing,
    }


def _hearing_fact(dossier, on, sources):
    coming = [hearing for hearing in dossier.hearings if _is_to_come(hearing, on)]
    if not coming:
        return {"label": _("Next hearing"), "value": _("None announced"), "refs": []}
    hearing = coming[0]
    value = ", ".join(filter(None, [hearing.on.display(), str(hearing.court or "")]))
    return {"label": _("Next hearing"), "value": value, "refs": sources.refs(dossier.citations.of(hearing))}


def _is_to_come(hearing, on):
    """Whether the hearing is today or later as far as anybody said; one that is scheduled for a month or an interval
    may still come on its last day."""
    if not hearing.on or hearing.outcome or hearing.status in hearing.OVER:
        return False
    is_scheduled = hearing.status == hearing.Status.SCHEDULED
    return (hearing.on.latest if is_scheduled else hearing.on.earliest) >= on


def _affiliation_fact(affiliation, dossier, sources):
    name, said = affiliation.organisation.name, str(affiliation.get_attribution_display())
    return {
        "label": affiliation.organisation.get_kind_display(),
        "value": f"{name} ({said})" if said else name,
        "note": affiliation.note,
        "refs": sources.refs(agreed(dossier.citations.of(affiliation))),
        "differs": told_differences(sources, affiliation, dossier),
    }


def _recognition_fact(dossier, sources):
    if not dossier.recognitions:
        return None
    value = "; ".join(dict.fromkeys(recognised(row) for row in dossier.recognitions))
    cited = dossier.citations.of(*dossier.recognitions)
    return {"label": _("Recognised by"), "value": value, "refs": sources.refs(cited)}


def recognised(row):
    """Who recognises, as what, and according to whom."""
    as_what = f"{row.recognised_by}: {row.get_category_display()}" if row.category else row.recognised_by
    return f"{as_what} ({row.reported_by})" if row.reported_by else as_what


def badge(standing):
    """How well the essentials are known, in words."""
    if standing is None:
        return ""
    said = str(standing.get_badge_display()).capitalize()
    if not standing.publishers:
        return said
    number = standing.publishers
    return ngettext(
        "%(said)s: %(n)d publisher", "%(said)s: %(n)d publishers; those that share texts count once", number
    ) % {
        "said": said,
        "n": number,
    }


def told_differences(sources, record, dossier):
    return sources.differences(differences(record, dossier.citations.of(record)))
