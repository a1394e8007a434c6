"""The staff of a demonstration: one account per role, each with a second factor set up from the beginning."""

import os
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from campaigns.management.demo_environment import STAFF, password_variable

HALF_MINUTE = 30


def make_demo_staff() -> None:
    """Makes the accounts that are missing: whoever has changed a password or a role keeps the change."""
    for name, role in STAFF.items():
        if not get_user_model().objects.filter(username=name).exists():
            make_demo_account(name, role, os.environ[password_variable(name)])


@transaction.atomic
def make_demo_account(name: str, role: str, password: str) -> None:
    user = get_user_model().objects.create_user(name, email=f"{name}@localhost", password=password, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)


def current_code(name: str) -> str:
    """The six digits that the account's authenticator app would show now. Raises Authenticator.DoesNotExist."""
    app = Authenticator.objects.get(user__username=name, type=Authenticator.Type.TOTP)
    counter = int(time.time()) // HALF_MINUTE
    return format_hotp_value(hotp_value(decrypt(app.data["secret"]), counter))
