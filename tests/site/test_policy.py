"""The policy that was built once is the one that django-csp builds for each answer."""

import pytest
from csp.constants import HEADER, NONCE
from csp.decorators import csp_exempt, csp_update
from csp.exceptions import CSPNonceError
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpResponse

from config.policy import PolicyOnce

pytestmark = pytest.mark.once


def plain(request):
    return HttpResponse("ok")


def parts(view, rf, middleware=PolicyOnce):
    policy = middleware(view)(rf.get("/")).headers.get(HEADER, "")
    return sorted(part.strip() for part in policy.split(";") if part)


def test_it_is_the_same_policy(rf):
    assert parts(plain, rf) == parts(plain, rf, CSPMiddleware)
    assert "default-src 'none'" in parts(plain, rf)


def test_an_answer_with_a_policy_of_its_own_keeps_it(rf):
    framed = csp_update({"frame-ancestors": ["*"]})(plain)
    assert parts(framed, rf) == parts(framed, rf, CSPMiddleware) != parts(plain, rf)
    assert parts(csp_exempt()(plain), rf) == []


def test_a_nonce_is_for_one_answer(rf):
    @csp_update({"script-src": [NONCE]})
    def view(request):
        return HttpResponse(f"{request.csp_nonce}")

    middleware = PolicyOnce(view)
    first, second = middleware(rf.get("/")), middleware(rf.get("/"))
    assert f"'nonce-{first.text}'" in first.headers[HEADER]
    assert first.text != second.text
    assert first.text not in second.headers[HEADER]


def test_a_nonce_asked_for_too_late_is_refused(rf):
    request = rf.get("/")
    PolicyOnce(plain)(request)
    with pytest.raises(CSPNonceError):
        str(request.csp_nonce)


def test_the_site_uses_it():
    assert "config.policy.PolicyOnce" in settings.MIDDLEWARE
