"""Who may have an account, and how it is guarded: staff, made by staff."""

import logging
import time
from urllib.parse import urlsplit

import qrcode
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from qrcode.image.svg import SvgPathImage

from campaigns.secrecy import master
from campaigns.throttling import client_network, network_key
from cases.actions.security import log_security
from cases.models import SecurityEvent
from config import backoff, devices, staff_mail
from config.doors import account_named, door_of_account, door_of_network
from config.inviting import invite
from config.staff_access import has_proved, is_enrolled

__all__ = ["SecondFactorAdapter", "StaffOnlyAdapter", "invite"]

logger = logging.getLogger(__name__)


class StaffOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def get_client_ip(self, request) -> str:
        """What allauth's limits are counted by: a hash of the network, so that no address is kept, and whoever claims
        to come from elsewhere is believed only past a proxy of ours."""
        return network_key(client_network(request), at=timezone.now())

    def authenticate(self, request, **credentials):
        """Looks at a password only when it is its turn. Raises ValidationError, saying how long to wait."""
        user = account_named(credentials)
        name = credentials.get("username") or credentials.get("email") or ""
        account = door_of_account("password", request, user, name)
        # Whoever shares a network with us could close its door, but not that of a device that is known.
        network = [] if devices.is_known(request, user) else [door_of_network(request)]
        if wait := backoff.seconds_to_wait(account, *network):
            raise ValidationError(backoff.sentence(wait), code="wait")
        found = super().authenticate(request, **credentials)
        if found:
            account.forgive()
            for one in network:
                one.uncount()
            return found
        log_security(SecurityEvent.Kind.WRONG_PASSWORD, user)
        if wait := account.seconds_left():
            log_security(SecurityEvent.Kind.LOCKED, user, detail=f"{wait} s")
        return None

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """A mail host that is away undoes nothing, and gives an address that we know no other answer than the rest."""
        names = {"organisation_name": settings.ORGANISATION_NAME, "site_url": settings.SITE_URL}
        try:
            super().send_mail(template_prefix, email, {**context, **names})
        except OSError:  # Every trouble of SMTP is one.
            logger.exception("A letter to staff (%s) was not sent.", template_prefix.rpartition("/")[2])

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the site's own address, whatever name the asker used for it."""
        return settings.SITE_URL + urlsplit(super().get_reset_password_from_key_url(key)).path

    def post_login(self, request, user, **kwargs):
        """Tells the holder of a device that was not known, and knows it from now on."""
        response = super().post_login(request, user, **kwargs)
        if not devices.is_known(request, user):
            log_security(SecurityEvent.Kind.NEW_DEVICE, user)
            staff_mail.new_device(user, timezone.localtime())
        devices.remember(request, response, user)
        return response

    def is_reauthentication_required(self, *, app, **kwargs) -> bool:
        """Whoever has just signed in to set up a first second factor is not asked for the password once more."""
        user = self.request.user
        if is_enrolled(user):
            return super().is_reauthentication_required(app=app, **kwargs)
        records = get_authentication_records(self.request, user)
        given_at = max((record["at"] for record in records if record["method"] == "password"), default=0)
        return time.time() - given_at > app_settings.REAUTHENTICATION_TIMEOUT

    def get_reauthentication_methods(self, user):
        """A session that owes its second factor is not offered the password in its stead."""
        methods = super().get_reauthentication_methods(user)
        if user.is_authenticated and is_enrolled(user) and not has_proved(self.request, user):
            return [method for method in methods if method["id"] != "reauthenticate"]
        return methods


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps sealed, and draws their QR code as plain SVG."""

    def encrypt(self, text: str) -> str:
        return master().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return master().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        return qrcode.make(url, image_factory=SvgPathImage).to_string(encoding="unicode")
