"""Who may have an account: staff, made by staff."""

from allauth.account.adapter import DefaultAccountAdapter
from django.utils import timezone

from campaigns.throttling import client_network, network_key


class StaffOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def get_client_ip(self, request) -> str:
        """What failed sign-ins are counted by: a hash of the network, so that no address is kept, and whoever claims
        to come from elsewhere is believed only past a proxy of ours."""
        return network_key(client_network(request), at=timezone.now())
