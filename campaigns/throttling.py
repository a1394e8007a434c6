"""How much one network may send: a shared limit on a hash whose key lives one day and only in the cache.

No address of a client is stored or logged: it becomes a network (/24 or /64), and that a keyed hash.
"""

import hashlib
import hmac
import ipaddress
import secrets
import time

from django.conf import settings
from django.core.cache import cache

DAY = 24 * 60 * 60
HOUR = 60 * 60
MINUTE = 60
_day: list = ["", 0.0, b""]


def client_network(request):
    """The /24 (IPv4) or /64 (IPv6) the request came from, or "unknown".

    X-Forwarded-For is read from the right and only past proxies named in TRUSTED_PROXIES: what stands further left
    was written by the client.
    """
    hops = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    nearest = request.META.get("REMOTE_ADDR", "")
    # Over a socket file there is no address: whoever may open it is our own front.
    address = _address(nearest or (hops.pop() if hops else ""))
    while address is not None and _is_proxy(address) and hops:
        address = _address(hops.pop())
    return _network(address) if address is not None else "unknown"


def network_key(network, *, at):
    """The network's hash for this day: equal within a day, meaningless after it."""
    return hmac.new(_key_of_day(at), network.encode(), hashlib.sha256).hexdigest()[:32]


def counts_within_limit(key, *, at):
    """Count one signing of the network behind `key`; False once it is beyond the hourly limit."""
    window = f"signings:{key}:{int(at.timestamp()) // HOUR}"
    try:
        count = cache.incr(window)
    except ValueError:  # The first of its hour. Of several at the same moment one begins the window.
        count = 1 if cache.add(window, 1, timeout=2 * HOUR) else _incremented(window)
    return count <= settings.SIGNINGS_PER_NETWORK_PER_HOUR


def _incremented(window):
    try:
        return cache.incr(window)
    except ValueError:  # The entry was evicted in between: the window starts anew.
        return 1


def _key_of_day(at):
    """The day's key; a process asks the shared cache for it once a minute."""
    name = f"network-key:{at:%Y-%m-%d}"
    known, until, key = _day
    if known == name and time.monotonic() < until:
        return key
    key = cache.get(name)
    if key is None:
        cache.add(name, secrets.token_bytes(32), timeout=DAY)
        key = cache.get(name)
    if key is None:  # The cache is away: each request has a key of its own, and no limit.
        return secrets.token_bytes(32)
    _day[:] = [name, time.monotonic() + MINUTE, key]
    return key


def _address(text):
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_proxy(address):
    return any(address in network for network in settings.TRUSTED_PROXIES)


def _network(address):
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 64), strict=False))
