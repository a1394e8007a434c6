"""System checks: what a real installation may not be run with."""

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def demonstration_is_not_for_the_world(app_configs, **kwargs):
    if not settings.DEMO:
        return []
    return [Error("DEMO is on: it shows unreviewed data and mail in clear.", hint="Unset DEMO.", id="habeas.E001")]


@register(Tags.caches, deploy=True)
def cache_is_shared_by_every_process(app_configs, **kwargs):
    backend = settings.CACHES["default"]["BACKEND"]
    if not backend.endswith((".LocMemCache", ".DummyCache")):
        return []
    return [
        Error(
            "CACHE_URL names a cache that other processes do not see: limits and purges would not reach them.",
            hint="Use rediscache://… or filecache:///a/folder/of/its/own.",
            id="habeas.E002",
        )
    ]


@register(Tags.security)
def hosts_are_named_exactly(app_configs, **kwargs):
    if not any(host.startswith(("*", ".")) for host in settings.ALLOWED_HOSTS):
        return []
    return [Error("ALLOWED_HOSTS must name each host exactly.", id="habeas.E003")]


@register(Tags.security)
def signing_keys_are_fernet_keys(app_configs, **kwargs):
    """Found out now, not when the first campaign is opened. The message names no key."""
    for position, key in enumerate(settings.SIGNING_KEYS, 1):
        try:
            Fernet(key)
        except (ValueError, TypeError):
            hint = (
                'Make one: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
            )
            return [Error(f"Key {position} of SIGNING_KEYS is no Fernet key.", hint=hint, id="habeas.E004")]
    if not settings.SIGNING_KEYS:
        return [Error("SIGNING_KEYS is empty: campaigns need at least one key.", id="habeas.E004")]
    return []


@register(Tags.security, deploy=True)
def somebody_can_be_told_of_a_weakness(app_configs, **kwargs):
    if settings.SECURITY_CONTACT.startswith(("mailto:", "https://")):
        return []
    return [Error("SECURITY_CONTACT must be a mailto: or https: address (RFC 9116).", id="habeas.E005")]
