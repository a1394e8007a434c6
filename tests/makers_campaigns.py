"""Plain functions that make campaigns and signatures. Invented people and offices."""

from datetime import timedelta

from django.utils import timezone
from makers import make_person, numbers

from campaigns.actions.running import publish_campaign, write_text
from campaigns.actions.signing import SignInput, campaigns_to_sign, sign
from campaigns.links import letter_token, make_stamp
from campaigns.models import Campaign, CampaignRecipient, Letter, Recipient, Signature


def make_recipient(office="Ministry of Answers", **fields):
    fields = {"public_id": f"recipient-{next(numbers)}", "salutation": "To the Minister,", **fields}
    return Recipient.objects.create(office=office, **fields)


def make_campaign(*persons, public=True, title="Free Ana Example", ask="We ask for her release.", body="", **fields):
    """An open campaign about `persons` (a public one is made where neither person, proceeding nor outlet is given)."""
    fields = {"slug": f"campaign-{next(numbers)}", "opens_at": timezone.now() - timedelta(days=30), **fields}
    campaign = Campaign.objects.create(title=title, **fields)
    if not persons and not fields.get("proceeding") and not fields.get("organisation"):
        persons = [make_person()]
    campaign.persons.set(persons)
    CampaignRecipient.objects.create(campaign=campaign, recipient=make_recipient())
    make_text(campaign, title=title, ask=ask, body=body)
    return publish_campaign(campaign, by=None, because="For the test.") if public else campaign


def make_text(campaign, *, title="Free Ana Example", ask="We ask for her release.", body="", **fields):
    body = body or "To the Minister,\n\nwe ask for her release."
    return write_text(campaign, title=title, ask=ask, body=body, by=None, **fields)


def form_data(campaign, **changed):
    """What a browser posts for a well-filled form."""
    text = campaign.texts.order_by("-version").first()
    return {
        "name": "Leyla Example",
        "email": "leyla@example.org",
        "country": "DE",
        "name_delivery": "withheld",
        "reason": "",
        "consent": "on",
        "website": "",
        "via": "",
        "stamp": make_stamp(text.pk, at=timezone.now()),
        **changed,
    }


def post_signature(client, campaign, **changed):
    return client.post(f"/campaigns/{campaign.slug}/sign/", form_data(campaign, **changed))


def make_signature(campaign, email=None, *, at=None, confirmed=False, **given):
    """A signature through the action; `confirmed` as if its link had been followed."""
    at = at or timezone.now()
    email = email or f"signer-{next(numbers)}@example.org"
    text = campaign.texts.order_by("-version").first()
    ready = campaigns_to_sign(text_id=text.pk, language="en").get(pk=campaign.pk)
    given = SignInput(**{"name": "Leyla Example", "country": "DE", "email": email, **given})
    sign(ready, given, language="en", network_key="0" * 32, at=at)
    signature = Signature.objects.order_by("-pk").filter(campaign=campaign).first()
    if confirmed:
        Signature.objects.filter(pk=signature.pk).update(confirmed_at=at)
        signature.refresh_from_db()
    return signature


def token_of(letter):
    """The secret in a letter's link, made as the worker makes it."""
    return letter.signature.campaign.key.unwrapped().confirm_token(letter.nonce)


def marked(letter, purpose):
    """The token of a letter for `purpose`, as it stands in the letter itself."""
    return letter_token(letter, letter.signature.campaign.key.unwrapped(), purpose)


def newest_letter(campaign):
    return Letter.objects.filter(signature__campaign=campaign).order_by("-pk").first()
