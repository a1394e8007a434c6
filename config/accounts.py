"""Who may have an account, and how it is guarded: staff, made by staff."""

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils import timezone
from qrcode.image.svg import SvgPathImage

from campaigns.secrecy import master
from campaigns.throttling import client_network, network_key


class StaffOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def get_client_ip(self, request) -> str:
        """What failed sign-ins are counted by: a hash of the network, so that no address is kept, and whoever claims
        to come from elsewhere is believed only past a proxy of ours."""
        return network_key(client_network(request), at=timezone.now())


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps sealed, and draws their QR code as plain SVG."""

    def encrypt(self, text: str) -> str:
        return master().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return master().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        return qrcode.make(url, image_factory=SvgPathImage).to_string(encoding="unicode")
