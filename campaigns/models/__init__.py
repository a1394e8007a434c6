"""What is asked, of whom, who signed, what came of it."""

from .campaigns import Campaign, SigningState
from .keys import CampaignKey
from .leases import Lease
from .letters import Letter
from .recipients import CampaignRecipient, Recipient
from .signatures import ConsentWording, Signature
from .stops import MailStop
from .switches import Switch
from .tallies import Tally, TallyBucket, TallyCorrection
from .texts import CampaignQuestion, CampaignShareText, CampaignText, Unchangeable

__all__ = [
    "Campaign",
    "CampaignKey",
    "CampaignQuestion",
    "CampaignRecipient",
    "CampaignShareText",
    "CampaignText",
    "ConsentWording",
    "Lease",
    "Letter",
    "MailStop",
    "Recipient",
    "Signature",
    "SigningState",
    "Switch",
    "Tally",
    "TallyBucket",
    "TallyCorrection",
    "Unchangeable",
]
