"""Which addresses are one mailbox, and which are none."""

import pytest

from campaigns.mailboxes import canonical_mailbox, clean_address


@pytest.mark.parametrize(
    ("typed", "mailbox"),
    [
        ("Leyla@Example.org", "leyla@example.org"),
        ("  leyla@example.org ", "leyla@example.org"),
        ("l.ey.la+habeas@gmail.com", "leyla@gmail.com"),
        ("leyla@googlemail.com", "leyla@gmail.com"),
        ("leyla+x@outlook.com", "leyla@outlook.com"),
        ("leyla@pm.me", "leyla@proton.me"),
        ("le.yla@example.org", "le.yla@example.org"),
        ("leyla+x@example.org", "leyla+x@example.org"),
        ("leyla@bücher.example.org", "leyla@xn--bcher-kva.example.org"),
    ],
)
def test_addresses_of_one_mailbox_have_one_spelling(typed, mailbox):
    assert canonical_mailbox(clean_address(typed)) == mailbox


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "leyla",
        "leyla@",
        "@example.org",
        "leyla@localhost",
        "leyla@exa mple.org",
        "leyla\n@example.org",
        "leyla@example.org\nBcc: all@example.org",
        "ley\0la@example.org",
        "leyla@@example.org",
        '"a b"@example.org',
        "x" * 250 + "@example.org",
        "leyla@" + "a" * 64 + ".org",
        "leyla@.org",
        "leyla@\ud800.org",
    ],
)
def test_what_no_mail_reaches_is_refused(typed):
    with pytest.raises(ValueError, match="not a"):
        clean_address(typed)
