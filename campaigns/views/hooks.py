"""`/hooks/mail/`: a mail service reports what came back. Whoever has MAIL_HOOK_SECRET may."""

import hashlib
import hmac
import json

from django.conf import settings
from django.http import Http404, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ..actions.bouncing import find_returned_letter, take_back, take_complaint
from ..reports import MESSAGE_ID, RETURN_TOKEN

LARGEST = 64 * 1024
SHAPE = 'Send {"kind": "bounce" or "complaint", "return_path" or "message_id": "…", "permanent": true or false}.'


@csrf_exempt
@never_cache
@require_POST
def mail_hook(request):
    """Take one report, as JSON. Authenticated by `Authorization: Bearer <secret>`, or by the body's HMAC-SHA256 in
    `X-Signature: sha256=<hex>`. Answers whether the letter is known; a report may be sent again.

    Raises Http404 without the secret: who may not report learns not even that there is something.
    """
    if not _may_report(request):
        raise Http404
    if len(request.body) > LARGEST:
        return _refuse("The report is larger than 64 KB.", 413)
    report = _parsed(request.body)
    if report is None:
        return _refuse(SHAPE, 400)
    letter = find_returned_letter(
        tokens=RETURN_TOKEN.findall(str(report.get("return_path", "")))[:1],
        message_ids=MESSAGE_ID.findall(_bracketed(report.get("message_id", "")))[:1],
    )
    if letter and report["kind"] == "complaint":
        take_complaint(letter, at=timezone.now())
    elif letter:
        take_back(letter, is_gone=report["permanent"], at=timezone.now())
    return JsonResponse({"known": letter is not None})


def _may_report(request):
    secret = settings.MAIL_HOOK_SECRET
    if not secret:
        return False
    digest = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    bearer, signed = request.headers.get("Authorization", ""), request.headers.get("X-Signature", "")
    return constant_time_compare(bearer, f"Bearer {secret}") or constant_time_compare(signed, f"sha256={digest}")


def _parsed(body):
    """The report as a dict of the right shape, or None."""
    try:
        report = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(report, dict) or report.get("kind") not in ("bounce", "complaint"):
        return None
    if not any(isinstance(report.get(name), str) for name in ("return_path", "message_id")):
        return None
    if report["kind"] == "bounce" and not isinstance(report.get("permanent"), bool):
        return None
    return report


def _bracketed(message_id):
    return f"<{str(message_id)[:200].strip().strip('<>')}>"


def _refuse(sentence, status):
    return JsonResponse({"error": sentence}, status=status)
