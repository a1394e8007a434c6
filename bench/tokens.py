"""`python -m bench.tokens FILE`: writes the tokens of letters that nobody has confirmed by, one a line."""

import sys
from pathlib import Path

import django


def main():
    django.setup()
    from campaigns.models import Campaign, Letter
    from deploy.furnish import SLUG

    campaign = Campaign.objects.select_related("key").get(slug=SLUG)
    secrets = campaign.key.unwrapped()
    letters = Letter.objects.filter(
        signature__campaign=campaign, kind=Letter.Kind.CONFIRM, signature__confirmed_at__isnull=True
    )
    nonces = letters.values_list("nonce", flat=True)
    Path(sys.argv[1]).write_text("".join(f"{secrets.confirm_token(nonce)}\n" for nonce in nonces), "utf-8")


if __name__ == "__main__":
    main()
