"""Signing: the form's post, and the page after it."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from ..actions import signing
from ..errors import SigningClosed
from ..forms import SignForm
from ..links import is_foreign, read_stamp
from ..naming import naming_nobody_silent
from ..throttling import client_network, counts_within_limit, network_key
from .pages import cacheable, campaign_response
from .reading import Elsewhere, Moved, find_campaign


@csrf_exempt
@never_cache
@require_POST
def sign(request, slug):
    """Keep the signature and answer 303, the same whatever the address. No cookie is read or set: the post carries
    no authority that another site could borrow, so the rule against foreign sites stands in `is_foreign`."""
    now, language = timezone.now(), get_language()
    text_id = read_stamp(request.POST.get("stamp", ""), at=now)
    campaigns = signing.campaigns_to_sign(text_id=text_id, language=language)
    campaign = campaigns.filter(slug=slug).first()
    if campaign is None or (campaign.somebody_silent and not naming_nobody_silent([campaign])):
        return _elsewhere(request, slug)
    form = SignForm(request.POST, questions=campaign.questions.all() if campaign.asks_more else ())
    key = network_key(client_network(request), at=now)
    if is_foreign(request):
        return _form_again(request, slug, form, _("This form was sent from another site. Send it from here."), 403)
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
def check_your_mail(request, slug):
    """The same page whatever the address was."""
    try:
        campaign = find_campaign(slug)
    except Elsewhere as elsewhere:
        return elsewhere.answer(request, "check_your_mail")
    context = {
        "campaign": campaign,
        "link_days": signing.LINK_DAYS,
        "noindex": True,
        "page_title": _("Check your mail"),
        "crumbs": [{"name": campaign.text_title, "url": campaign.get_absolute_url()}],
    }
    return cacheable(render(request, "campaigns/check_your_mail.html", context))


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
