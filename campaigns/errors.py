"""The refusals an action of this app may give. Each says its reason in a sentence a person can read."""

from cases.errors import Refusal


class SigningClosed(Refusal):
    """The campaign takes no signatures now: not yet open, paused, about nobody held any more, or closed."""


class LinkUnknown(Refusal):
    """No letter carries this token."""


class LinkExpired(Refusal):
    """The link in a letter was good for seven days and these are over."""


class SignatureChanged(Refusal):
    """The signature was replaced by newer input after its owner saw what would be counted."""


class CampaignUnfit(Refusal):
    """The campaign lacks something it must have before the public may see or sign it."""
