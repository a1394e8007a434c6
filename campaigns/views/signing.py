"""Signing: the form's post, and the page after it."""

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cases.caching import public_page

from ..actions import signing
from ..errors import SigningClosed
from ..forms import SignForm
from ..links import is_foreign, read_stamp
from ..models.switches import signing_is_off
from ..throttling import client_network, counts_within_limit, network_key
from .pages import FRESH_SECONDS, campaign_response
from .reading import Elsewhere, Moved, find_campaign


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request, slug):
    """Keep the signature and answer 303, the same whatever the address. No cookie is read or set: the post carries
    no authority that another site could borrow, so the rule against foreign sites stands in `is_foreign`.

    Where the form came back the browser shows this address, and asks for it when its tab is opened again: reading it
    leads to the form."""
    if request.method != "POST":
        return redirect(f"{reverse('campaigns:campaign', args=[slug])}#sign")
    now, language = timezone.now(), get_language()
    text_id = read_stamp(request.POST.get("stamp", ""), at=now)
    campaign = signing.campaign_to_sign(slug, text_id=text_id, language=language)
    if campaign is None:
        return _elsewhere(request, slug)
    form = SignForm(request.POST, questions=campaign.questions.all() if campaign.asks_more else ())
    key = network_key(client_network(request), at=now)
    if is_foreign(request):
        return _form_again(request, slug, form, _("This form was sent from another site. Send it from here."), 403)
    if signing_is_off():
        sentence = _("Signing is switched off for the moment, so nothing was kept. Please try again later.")
        response = _form_again(request, slug, form, sentence, 503)
        response.headers["Retry-After"] = "300"
        return response
    if not counts_within_limit(key, at=now):
        sentence = _("Too many signatures came from your network within an hour. Please try again in an hour.")
        return _form_again(request, slug, form, sentence, 429)
    if not form.is_valid():
        return _form_again(request, slug, form, "", 422)
    if campaign.signed_text is None:
        sentence = _("The page was open for a long time, or the text has changed since. Read it again and sign.")
        return _form_again(request, slug, form, sentence, 409)
    try:
        signing.sign(campaign, form.given(), language=language, network_key=key, at=now)
    except SigningClosed as refusal:
        return _form_again(request, slug, form, str(refusal), 409)
    response = redirect("campaigns:check_your_mail", slug=campaign.slug)
    response.status_code = 303
    return response


@require_safe
@public_page(seconds=FRESH_SECONDS)
def check_your_mail(request, slug):
    """The same page whatever the address was."""
    try:
        campaign = find_campaign(slug)
    except Elsewhere as elsewhere:
        return elsewhere.answer(request, "check_your_mail")
    context = {
        "campaign": campaign,
        "link_days": signing.LINK_DAYS,
        "mail_is_shown": settings.DEMO and bool(settings.EMAIL_FILE_PATH),
        "noindex": True,
        "page_title": _("Check your mail"),
        "crumbs": [{"name": campaign.text_title, "url": campaign.get_absolute_url()}],
    }
    return render(request, "campaigns/check_your_mail.html", context)


def _elsewhere(request, slug):
    """A post to an old address goes to the new one with its method and body; others say what stands there."""
    try:
        campaign = find_campaign(slug)
    except Moved as moved:
        response = redirect("campaigns:sign", slug=moved.campaign.slug)
        response.status_code = 308
        return response
    except Elsewhere as elsewhere:
        return elsewhere.answer(request, "campaign")
    return redirect(campaign.get_absolute_url())


def _form_again(request, slug, form, notice, status):
    """The page with everything that was typed, a fresh stamp, and the reason why nothing was kept."""
    return campaign_response(request, find_campaign(slug), form=form, notice=notice, status=status)
