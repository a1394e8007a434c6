"""Passing it on: plain links, a letter to the recipient, a QR code. Public, and the same for everybody."""

from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.caching import public_page

from ..links import absolute
from ..models import CampaignText
from ..sharing import letter_link, qr_code, share_links, with_channel
from .pages import FRESH_SECONDS
from .reading import Elsewhere, find_campaign, share_message, subjects_of


@require_safe
@public_page(seconds=FRESH_SECONDS)
def share(request, slug):
    try:
        campaign = find_campaign(slug)
    except Elsewhere as elsewhere:
        return elsewhere.answer(request, "share")
    text = CampaignText.objects.filter(campaign=campaign).best_first(get_language()).first()
    message = share_message(campaign, text)
    address = absolute(campaign.get_absolute_url())
    context = {
        "campaign": campaign,
        "text": text,
        "message": message,
        "networks": share_links(address, message=message, subject=text.title),
        "share_url": with_channel(address, "copy"),
        "native_url": with_channel(address, "share"),
        "code": qr_code(with_channel(address, "qr")),
        "letters": _letters(campaign, text, address),
        "crumbs": [{"name": text.title, "url": campaign.get_absolute_url()}],
        "page_title": _("Pass it on"),
        "page_description": text.ask,
    }
    return render(request, "campaigns/share.html", context)


def _letters(campaign, text, address):
    """For each recipient what a reader needs to write to them in their own words: salutation and key points."""
    names = [subject.name for subject in subjects_of(campaign)]
    about = ", ".join(names) or str(campaign.organisation or campaign.proceeding)
    points = [text.ask, _("It is about %(names)s.") % {"names": about}]
    points.append(_("What is recorded, with its sources: %(address)s") % {"address": address})
    return [_letter(row.recipient, text, points) for row in campaign.asked.select_related("recipient")]


def _letter(recipient, text, points):
    mail = recipient.email and letter_link(
        email=recipient.email, subject=text.title, salutation=recipient.salutation, points=points
    )
    return {"recipient": recipient, "points": points, "mail": mail}
