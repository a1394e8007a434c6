"""“It wasn't me” and unsubscribing: GET shows a button, only POST acts.

The token in the address is the authority. No cookie is read, and no origin asked for: mail programmes unsubscribe with
a POST from wherever they are (RFC 8058), and nobody else can know the address.
"""

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ..actions import declining
from ..errors import LinkUnknown
from ..links import NOT_ME, UNSUBSCRIBE
from .confirming import private


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request, token):
    return _answer(
        request,
        token,
        purpose=NOT_ME,
        act=declining.not_me,
        title=_("It wasn't me"),
        ask=_(
            "Somebody signed an appeal with your address. Press the button, and what was entered is deleted; if it was"
            " confirmed, the signature is taken back. This appeal will not write to your address again."
        ),
        button=_("It wasn't me"),
        done=_(
            "Done. What was entered with your address does not count, and no more letters about this appeal will come."
        ),
    )


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    return _answer(
        request,
        token,
        purpose=UNSUBSCRIBE,
        act=declining.unsubscribe,
        title=_("No more news"),
        ask=_("Press the button, and this appeal sends you no news and no reminders. A signature stays what it is."),
        button=_("Unsubscribe"),
        done=_("Done. This appeal sends you no news and no reminders any more. A signature stays what it is."),
    )


def _answer(request, token, *, purpose, act, title, ask, button, done):
    told = {"page_title": title, "sentence": ask, "button": button, "noindex": True}
    try:
        letter = declining.find_marked_letter(token, purpose=purpose)
    except LinkUnknown as refusal:
        told |= {"page_title": _("This link does not work"), "sentence": str(refusal), "button": ""}
        return private(render(request, "campaigns/decline.html", told, status=404))
    if request.method == "POST":
        act(letter, at=timezone.now())
        told |= {"sentence": done, "button": ""}
    return private(render(request, "campaigns/decline.html", told))
