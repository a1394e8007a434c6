"""Staff are invited by mail: a link that works once, for seven days, and only to choose a password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import SetPasswordForm
from django.core import signing
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from cases.actions.security import log_security
from cases.models import SecurityEvent
from config import staff_mail

DAYS = 7
SALT = "config.inviting"


def invite(user, by) -> bool:
    """Mails `user` a link to choose a password; every link before it is dead. False if the letter could not be sent.

    Only for an account that has no password yet: nobody's password is taken away by an invitation.
    """
    if user.has_usable_password():
        raise ValueError("this account has a password already")
    user.set_unusable_password()  # A new one each time, so that the links of before fit no more.
    user.save(update_fields=["password"])
    log_security(SecurityEvent.Kind.INVITED, user, by=by)
    link = settings.SITE_URL + reverse("accept_invitation", args=[token_for(user)])
    return staff_mail.invitation(user, link, days=DAYS)


def token_for(user) -> str:
    return signing.dumps([user.pk, _fit(user)], salt=SALT)


def invited(token: str):
    """The account whose unused, unspoilt invitation this is, or None."""
    try:
        key, fit = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 60 * 60)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = get_user_model().objects.select_for_update().filter(pk=key, is_active=True).first()
    return user if user and constant_time_compare(fit, _fit(user)) else None


def _fit(user) -> str:
    """Changes with the password: a link that has been used fits no more. Nor does one sent to another address."""
    return salted_hmac(SALT, f"{user.pk}:{user.password}:{user.email}", algorithm="sha256").hexdigest()


@never_cache
@sensitive_post_parameters("new_password1", "new_password2")
@transaction.atomic
def accept_invitation(request, token: str):
    """Looking changes nothing; the password is set by POST, and then the door is where everybody comes in."""
    user = invited(token)
    if user is None:
        return render(request, "account/invitation.html", {"form": None}, status=404)
    form = SetPasswordForm(user, request.POST or None)
    if not form.is_valid():
        return render(request, "account/invitation.html", {"form": form, "invited": user})
    form.save()
    messages.success(request, _("Your password is set. Sign in with it, then set up a second factor."))
    return redirect(settings.LOGIN_URL)
