"""Confirming: GET shows what will be counted, only POST counts it (mail scanners open links and run scripts)."""

import json

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ..actions import signing
from ..errors import LinkExpired, LinkUnknown, SignatureChanged
from ..forms import country_name
from ..links import is_foreign
from ..models import Signature
from ..wording import initials


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request, token):
    """The token is the authority: no cookie is read, so there is nothing another site could borrow."""
    now = timezone.now()
    try:
        letter = signing.find_letter(token, at=now)
        if request.method != "POST":
            return _page(request, letter)
        if is_foreign(request):
            return _page(
                request, letter, notice=_("This was sent from another site. Press the button here."), status=403
            )
        try:
            signature = signing.confirm(letter, seen=request.POST.get("seen"), at=now)
        except SignatureChanged as refusal:
            return _page(request, signing.find_letter(token, at=now), notice=str(refusal), status=409)
    except LinkUnknown as refusal:
        return _refuse(request, refusal, status=404)
    except LinkExpired as refusal:
        return _refuse(request, refusal, status=410)
    if signature.withdrawn_at:
        return _page(request, letter, status=409)
    # The page is the same for everybody; what follows the # lets it say that this signature is confirmed.
    share = reverse("campaigns:share", args=[signature.campaign.slug])
    return HttpResponseRedirect(f"{share}#confirmed", status=303)


def _page(request, letter, *, notice="", status=200):
    signature = letter.signature
    secrets = signature.campaign.key.unwrapped()
    name = secrets.open(signature.name_sealed, "name")
    delivered = {
        Signature.NameDelivery.WITHHELD: _("withheld"),
        Signature.NameDelivery.INITIALS: initials(name),
        Signature.NameDelivery.FULL: name,
    }
    context = {
        "signature": signature,
        "campaign": signature.campaign,
        "text": signature.text,
        "country": country_name(signature.country),
        "name": name,
        "delivered": delivered[signature.name_delivery],
        "reason": secrets.open(signature.reason_sealed, "reason"),
        "answers": _answers(signature, secrets),
        "is_confirmed": bool(signature.confirmed_at and not signature.withdrawn_at),
        "is_taken_back": signing.is_taken_back_since(letter),
        "seen": signing.seen_mark(letter),
        "notice": notice,
        "noindex": True,
        "page_title": _("Confirm your signature"),
    }
    return private(render(request, "campaigns/confirm.html", context, status=status))


def _answers(signature, secrets):
    """(question, answer) for each of the campaign's own questions that was answered."""
    if not signature.extra_sealed:
        return []
    given = json.loads(secrets.open(signature.extra_sealed, "answers"))
    labels = dict(signature.campaign.questions.values_list("key", "label"))
    return [(labels.get(key, key), answer) for key, answer in given.items()]


def _refuse(request, refusal, *, status):
    context = {"sentence": str(refusal), "noindex": True, "page_title": _("This link does not work")}
    return private(render(request, "campaigns/link_refused.html", context, status=status))


def private(response):
    """Kept by nobody, listed by nobody."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
