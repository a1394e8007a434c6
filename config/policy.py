"""The Content-Security-Policy, built once: django-csp builds it for every answer, though ours hardly ever differs."""

from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings

# What django-csp's decorators leave on an answer whose policy is its own.
OWN = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")
# Whoever asks for a nonce after the header is written is told of the mistake.
TOO_LATE = CheckableLazyObject(CSPMiddleware._csp_nonce_post_response)


class PolicyOnce(CSPMiddleware):
    """django-csp's middleware; an answer that changes nothing in the policy, and asked for no nonce, gets the text
    that was built for the first of them."""

    @cached_property
    def policy(self) -> str | None:
        """None where settings ask for more than one policy for all addresses."""
        told = getattr(settings, "CONTENT_SECURITY_POLICY", None) or {}
        if (
            settings.DEBUG
            or told.get("EXCLUDE_URL_PREFIXES")
            or hasattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY")
        ):
            return None
        return build_policy()

    def process_response(self, request, response):
        is_common = not getattr(request, "_csp_nonce", None) and not any(hasattr(response, name) for name in OWN)
        if not self.policy or not is_common:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.policy)
        request.csp_nonce = TOO_LATE
        return response
