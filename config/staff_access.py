"""The staff side of the house: nobody gets on without a second factor used in this very session, and no session
outlives half an hour of silence or twelve hours in all."""

import time

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.models import Session
from django.http import HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from cases.actions.security import log_security
from cases.models import SecurityEvent

IDLE = 30 * 60
WHOLE = 12 * 60 * 60
# Not every request writes: the last one is known to the minute.
MINUTE = 60
SINCE, SEEN = "staff_since", "staff_seen"

TO_LEAVE = {"account_login", "account_logout", "logout"}
TO_ENROL = TO_LEAVE | {
    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "account_reauthenticate",
}  # fmt: skip
TO_PROVE = TO_LEAVE | {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"}


def guard_staff(get_response):
    """Stands after allauth's middleware. Readers, who bring no session, are never asked for one."""

    def middleware(request):
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return get_response(request)
        if not is_staff_address(request.path_info):
            request.user = only_if_proved(request, request.user)
            return get_response(request)
        return end_session(request) or stop_unproved(request) or get_response(request)

    return middleware


def is_staff_address(path: str) -> bool:
    return path.startswith((f"/{settings.ADMIN_PATH}", "/accounts/"))


def only_if_proved(request, user):
    """On every other address a session that has not used a second factor, or is over, is nobody's; asked only when
    a view asks who it is."""

    def found():
        if user.is_authenticated and user.is_staff and (why_over(request) or not has_proved(request, user)):
            return AnonymousUser()
        return user

    return SimpleLazyObject(found)


# The clock


def start_clock(request) -> None:
    request.session[SINCE] = request.session[SEEN] = int(time.time())


def why_over(request) -> str:
    """A word for the log, or nothing. A session without a clock is over: it was not begun at the door."""
    now = time.time()
    if now - request.session.get(SINCE, 0) > WHOLE:
        return "12 hours"
    if now - request.session.get(SEEN, 0) > IDLE:
        return "30 minutes"
    return ""


def end_session(request):
    """Ends what the clock, a new password or a deactivation has ended, and leads to the login page, which says why."""
    if request.session.get(SESSION_KEY) is None:
        return None
    user = request.user
    if not user.is_authenticated:
        # Django has thrown away the session of an old password, and merely ignores an account that is not active.
        was_deactivated = SESSION_KEY in request.session
        sentence = (
            _("Your account has been deactivated.")
            if was_deactivated
            else _("Your password was changed, which ended your other sessions. Please sign in again.")
        )
    elif why := why_over(request):
        log_security(SecurityEvent.Kind.SESSION_ENDED, user, detail=why)
        sentence = (
            _("You were signed out because nothing was done for 30 minutes.")
            if why == "30 minutes"
            else _("You were signed out because your session had lasted 12 hours.")
        )
    else:
        if time.time() - request.session[SEEN] > MINUTE:
            request.session[SEEN] = int(time.time())
        return None
    request.session.flush()
    request.user = AnonymousUser()
    messages.warning(request, sentence)
    return None if request.path_info == reverse("account_login") else redirect_to_login(aim(request))


def end_sessions_of(user) -> None:
    """Whatever was left open. Readers have no sessions, so there are few to look through."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


# The second factor


def is_enrolled(user) -> bool:
    """Recovery codes alone are none: they stand in for a factor that was lost."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def has_proved(request, user) -> bool:
    """Whether this session used a second factor that the account still has."""
    used = [record.get("id") for record in get_authentication_records(request, user) if record["method"] == "mfa"]
    return bool(used) and Authenticator.objects.filter(user=user, pk__in=used).exists() and is_enrolled(user)


def stop_unproved(request):
    """Staff without a second factor reach the pages that set one up; with one, the page that asks for it."""
    user = request.user
    if not (user.is_authenticated and user.is_staff) or has_proved(request, user):
        return None
    enrolled = is_enrolled(user)
    if page_name(request) in (TO_PROVE if enrolled else TO_ENROL):
        return None
    if enrolled:
        return HttpResponseRedirect(f"{proof_address(user)}?{urlencode({'next': aim(request)})}")
    messages.info(request, _("Set up a second factor first: a passkey or an authenticator app."))
    return HttpResponseRedirect(reverse("mfa_index"))


def proof_address(user) -> str:
    has_app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    return reverse("mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn")


def page_name(request) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""


def aim(request) -> str:
    """Where to go on after the door: what was asked for, if asking for it again does no harm."""
    is_page = request.method == "GET" and page_name(request) not in TO_LEAVE
    return request.get_full_path() if is_page else reverse("admin:index")
