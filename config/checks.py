"""System checks: what a real installation may not be run with."""

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
