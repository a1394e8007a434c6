"""Sign, confirm, withdraw. What the public is told never depends on whether a mailbox has signed before."""

import json
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import translation
from django.utils.translation import gettext as _

from cases.models import Person
from cases.remembering import remembered

from ..consents import news_wording, signature_wording
from ..errors import LinkExpired, LinkUnknown, SignatureChanged, SigningClosed
from ..links import new_message_id
from ..mailboxes import canonical_mailbox, provider_of
from ..models import Campaign, CampaignQuestion, CampaignText, ConsentWording, Letter, Signature, SigningState
from ..naming import naming_nobody_silent
from ..secrecy import new_nonce, token_hash

LINK_DAYS = 7
LETTERS_PER_SIGNATURE = 5
MOST_COUNTED = 30_000  # Letters asked for: beyond it their column would end, and with it the answer.

# What the newest input replaces while nothing is confirmed.
REPLACED = (
    "text",
    "email_sealed",
    "name_sealed",
    "reason_sealed",
    "extra_sealed",
    "name_delivery",
    "country",
    "language",
    "via",
    "consent",
    "wants_news",
    "news_consent",
    "signed_at",
    "network_key",
)


@dataclass(frozen=True)
class SignInput:
    """What a person put into the form, cleaned."""

    email: str
    name: str
    country: str
    name_delivery: str = Signature.NameDelivery.WITHHELD
    reason: str = ""
    wants_news: bool = False
    answers: dict | None = None
    via: str = ""


def campaigns_to_sign(*, text_id, language):
    """Public campaigns with all that `sign` needs, in one statement: keys, the state of signing, the text the form
    was drawn with (`signed_text`, only while it is the newest of its language), the consent wordings, whether the
    form asks more, whether somebody asked for silence."""
    digests = {purpose: ConsentWording.digest_of(purpose, language, text) for purpose, text in _wordings().items()}
    newer = CampaignText.objects.filter(
        campaign=OuterRef("campaign"), language=OuterRef("language"), version__gt=OuterRef("version")
    )
    text = CampaignText.objects.filter(~Exists(newer), campaign=OuterRef("pk"), pk=text_id)
    return (
        Campaign.objects.public()
        .with_standing()
        .select_related("key")
        .annotate(
            signed_text=Subquery(text.values("pk")),
            somebody_silent=Exists(Person.objects.paused()),
            asks_more=Exists(CampaignQuestion.objects.filter(campaign=OuterRef("pk"))),
            signature_consent=_wording_id(digests[ConsentWording.Purpose.SIGNATURE]),
            news_consent=_wording_id(digests[ConsentWording.Purpose.NEWS]),
        )
    )


def campaign_to_sign(slug, *, text_id, language):
    """The public campaign at `slug` as `campaigns_to_sign` gives it, or None; remembered for moments."""

    def find():
        campaign = campaigns_to_sign(text_id=text_id, language=language).filter(slug=slug).first()
        if campaign is not None and campaign.somebody_silent and not naming_nobody_silent([campaign]):
            return None
        return campaign

    return remembered(("to sign", slug, text_id, language), find)


def sign(campaign, given, *, language, network_key, at):
    """Keep one signature and put one letter into the outbox; alike for new and for known mailboxes.

    `campaign` comes from `campaigns_to_sign`, `given` is a SignInput. Before confirmation the newest input replaces
    the older; afterwards nothing changes but the number of letters. Raises SigningClosed.
    """
    key = getattr(campaign, "key", None)
    if campaign.signing_state(at) != SigningState.OPEN or key is None or key.destroyed_at:
        raise SigningClosed(_("This campaign takes no signatures at the moment."))
    secrets = key.unwrapped()
    values = _row(campaign, given, secrets, language=language, network_key=network_key, at=at)
    with transaction.atomic():
        signature_id, is_confirmed, letters_count = _upsert(values)
        kind = _kind_of_letter(is_confirmed, letters_count)
        new_letter(signature_id, kind=kind, secrets=secrets, provider=provider_of(given.email), at=at).save()


def find_letter(token, *, at):
    """The letter whose link carries `token`, with signature, campaign and keys.

    Raises LinkUnknown (also while the campaign is not public) and LinkExpired.
    """
    letters = Letter.objects.opening().filter(token_hash=token_hash(token))
    letter = letters.filter(signature__erased_at__isnull=True).select_related("signature").first()
    campaign = letter and _public_campaign(letter.signature.campaign_id)
    if campaign is None:
        raise LinkUnknown(_("We do not know this link. Check that you copied the whole of it."))
    letter.signature.campaign = campaign
    if letter.expires_at < at:
        raise LinkExpired(_("This link was good for seven days and has expired."))
    return letter


def _public_campaign(pk):
    """The campaign with tally and keys, or None while it is not public or has none; remembered for moments."""

    def find():
        public = Campaign.objects.public().with_keys().select_related("key", "tally").filter(pk=pk)
        return next(iter(naming_nobody_silent(public)), None)

    return remembered(("to confirm", pk), find)


def confirm(letter, *, seen=None, at):
    """Make the signature behind `letter` count; repeating it changes nothing. Returns the signature.

    `seen` is the mark of what the confirm page showed. Raises SignatureChanged when newer input came in since, and
    LinkUnknown when the signature was deleted since (“it wasn't me”).
    """
    signature = letter.signature
    if seen and not signature.confirmed_at and seen != seen_mark(letter):
        raise SignatureChanged(_("The signature was changed since you opened this page. Read it again and confirm."))
    if not signature.confirmed_at:
        unconfirmed = Signature.objects.filter(pk=signature.pk, confirmed_at__isnull=True)
        if unconfirmed.filter(signed_at=signature.signed_at).update(confirmed_at=at):
            signature.confirmed_at = at
        else:
            try:
                signature.refresh_from_db(fields=["confirmed_at", "signed_at"])
            except Signature.DoesNotExist as error:
                raise LinkUnknown(_("We do not know this link, or what it was about is deleted already.")) from error
            if not signature.confirmed_at:
                raise SignatureChanged(_("The signature was changed a moment ago. Read it again and confirm."))
    elif signature.withdrawn_at and not is_taken_back_since(letter):
        Signature.objects.filter(pk=signature.pk).update(withdrawn_at=None)
        signature.withdrawn_at = None
    return signature


def is_taken_back_since(letter):
    """Whether the signature was taken back after this letter was written: then only a newer letter can confirm it."""
    withdrawn_at = letter.signature.withdrawn_at
    return withdrawn_at is not None and withdrawn_at >= letter.created_at


def seen_mark(letter):
    """Marks what the confirm page shows now; `confirm` compares it."""
    secrets = letter.signature.campaign.key.unwrapped()
    return secrets.seen_mark(letter.signature_id, letter.signature.signed_at)


def withdraw(signature, *, at):
    """Take a signature back; the next tally takes it out of the count. Repeating it changes nothing."""
    Signature.objects.filter(pk=signature.pk, withdrawn_at__isnull=True).update(withdrawn_at=at)


def keep_wordings(*, language):
    """Store today's consent wordings, so that signatures can point to them; repeating it changes nothing."""
    with translation.override(language):
        wordings = _wordings()
    return {
        purpose: ConsentWording.objects.get_or_create(
            digest=ConsentWording.digest_of(purpose, language, text),
            defaults={"purpose": purpose, "language": language, "text": text},
        )[0].pk
        for purpose, text in wordings.items()
    }


def _wordings():
    return {
        ConsentWording.Purpose.SIGNATURE: signature_wording(),
        ConsentWording.Purpose.NEWS: news_wording(),
    }


def _wording_id(digest):
    return Subquery(ConsentWording.objects.filter(digest=digest).values("pk"))


def _row(campaign, given, secrets, *, language, network_key, at):
    """The signature as a dict of field and value."""
    consent, news = campaign.signature_consent, campaign.news_consent
    if consent is None or news is None:
        kept = keep_wordings(language=language)
        consent, news = kept[ConsentWording.Purpose.SIGNATURE], kept[ConsentWording.Purpose.NEWS]
    return {
        "campaign": campaign.pk,
        "text": campaign.signed_text,
        "email_key": secrets.email_key(campaign.pk, canonical_mailbox(given.email)),
        "email_sealed": secrets.seal(given.email, "email"),
        "name_sealed": secrets.seal(given.name, "name"),
        "reason_sealed": secrets.seal(given.reason, "reason"),
        "extra_sealed": secrets.seal(
            json.dumps(given.answers, ensure_ascii=False) if given.answers else "", "answers"
        ),
        "name_delivery": given.name_delivery,
        "country": given.country,
        "language": language,
        "channel": Signature.Channel.ONLINE,
        "via": given.via,
        "consent": consent,
        "wants_news": given.wants_news,
        "news_consent": news if given.wants_news else None,
        "signed_at": at,
        "uncounted_as": "",
        "letters_count": 1,
        "network_key": network_key,
    }


def _upsert(values):
    """One statement that inserts the signature or, under the constraint, updates the one that is there.

    Returns (id, whether it stands confirmed, letters asked for). In SQL, because Django's bulk_create cannot make an
    update depend on the row it meets.
    """
    meta, quote = Signature._meta, connection.ops.quote_name
    table = quote(meta.db_table)
    fields = [meta.get_field(name) for name in values]
    columns = [quote(field.column) for field in fields]
    replaced = [quote(meta.get_field(name).column) for name in REPLACED]
    updates = [
        f"{c} = CASE WHEN {table}.confirmed_at IS NULL THEN excluded.{c} ELSE {table}.{c} END" for c in replaced
    ]
    sql = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) "  # noqa: S608
        f"ON CONFLICT (campaign_id, email_key) DO UPDATE SET {', '.join(updates)}, "
        f"letters_count = {table}.letters_count + CASE WHEN {table}.letters_count < {MOST_COUNTED} THEN 1 ELSE 0 END "
        f"RETURNING id, confirmed_at, withdrawn_at, letters_count"  # As they are: SQLite 3.40 errs on IS NULL here.
    )
    params = [field.get_db_prep_save(value, connection) for field, value in zip(fields, values.values(), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        signature_id, confirmed_at, withdrawn_at, letters_count = cursor.fetchone()
    return signature_id, confirmed_at is not None and withdrawn_at is None, letters_count


def _kind_of_letter(is_confirmed, letters_count):
    if letters_count > LETTERS_PER_SIGNATURE:
        return Letter.Kind.WITHHELD
    return Letter.Kind.ALREADY_CONFIRMED if is_confirmed else Letter.Kind.CONFIRM


def new_letter(signature_id, *, kind, secrets, provider, at):
    """A letter for the outbox, not saved yet. Only of one whose link confirms is the token's hash kept."""
    nonce = new_nonce()
    opens = kind in (Letter.Kind.CONFIRM, Letter.Kind.REMINDER)
    return Letter(
        signature_id=signature_id,
        kind=kind,
        nonce=nonce,
        token_hash=token_hash(secrets.confirm_token(nonce)) if opens else None,
        expires_at=at + timedelta(days=LINK_DAYS),
        message_id=new_message_id(),
        provider=provider,
        state=Letter.State.NOT_SENT if kind == Letter.Kind.WITHHELD else Letter.State.QUEUED,
        created_at=at,
        due_at=at,
    )
