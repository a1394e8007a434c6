"""Whose failures are counted together at the door."""

from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from django.utils import timezone

from campaigns.throttling import client_network, network_key
from config.backoff import FREE_FOR_NETWORK, Door, door
from config.devices import device_of, is_known


def account_named(credentials):
    """The account that is meant by its name or its mail address; None if there is none."""
    name = credentials.get("username") or credentials.get("email") or ""
    if found := get_user_by_username(name):
        return found
    return next(iter(filter_users_by_email(credentials.get("email") or name)), None)


def door_of_account(kind: str, request, user, name: str) -> Door:
    """An account has one door whatever it is called, a name we do not know has its own. A device on which its holder
    has signed in before has another one: no stranger can close that."""
    if is_known(request, user):
        return door(f"{kind}-device", f"{user.pk}:{device_of(request)['name']}")
    return door(kind, user.pk if user else name.strip().casefold())


def door_of_network(request) -> Door:
    return door("network", network_key(client_network(request), at=timezone.now()), free=FREE_FOR_NETWORK)
