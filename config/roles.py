"""Who may do what: one declaration, from which a group for each role is made after every migration.

A role is a list of patterns over permissions (`app.codename`). Whoever may only *add* a row of the record may also
change and delete their own drafts of it (cases/admin/permitting.py). docs/editing.md tells what comes of it, page by
page.
"""

from fnmatch import fnmatchcase

from django.apps import apps as installed_apps

PAGES = ["person", "proceeding", "organisation"]
ROWS = [
    "affiliation",
    "caseevent",
    "charge",
    "chargechange",
    "chargeevent",
    "chargesuccession",
    "citation",
    "custodyreport",
    "detention",
    "detentionorder",
    "hearing",
    "personname",
    "recognition",
    "sentence",
    "source",
]
SHARED = ["legalcode", "legalprovision", "offencetype", "place", "publisher"]
RECORD = [*PAGES, *ROWS, *SHARED]
PROTECTION = ["publicationbasis", "consentrecord", "riskassessment", "pause", "picture"]


def _cases(verb, names):
    return [f"cases.{verb}_{name}" for name in names]


READ_RECORD = [*_cases("view", RECORD), "cases.view_slugredirect"]
WRITE_RECORD = [
    *READ_RECORD,
    *_cases("add", RECORD),
    *_cases("change", RECORD),
    *_cases("delete", RECORD),
    *[f"cases.{verb}_{name}" for verb in ("view", "add", "change") for name in [*PROTECTION, "confidentialsource"]],
    "cases.delete_picture",
    *[f"cases.{verb}_{name}" for verb in ("view", "add", "change") for name in ("reviewcomment", "publicationplan")],
    "cases.view_amendment",
    "cases.delete_amendment",
]
READ_CAMPAIGNS = [
    f"campaigns.view_{name}"
    for name in (
        "campaign",
        "campaigntext",
        "campaignsharetext",
        "campaignquestion",
        "campaignrecipient",
        "recipient",
    )
]
READ_LOGS = ["cases.view_change", "cases.view_securityevent"]

ROLES = {
    "researcher": [
        *READ_RECORD,
        *_cases("add", [*PAGES, *ROWS, "legalprovision", "place", "publisher"]),
        *_cases("add", ["consentrecord", "riskassessment", "pause", "picture", "confidentialsource"]),
        *["cases.view_picture", "cases.view_reviewcomment", "cases.add_reviewcomment", "cases.view_amendment"],
    ],
    "editor": [*WRITE_RECORD, *READ_CAMPAIGNS],
    "publisher": [*WRITE_RECORD, *READ_CAMPAIGNS, "cases.publish_*", "campaigns.publish_campaign"],
    "campaigner": [
        *READ_RECORD,
        *READ_CAMPAIGNS,
        *[f"campaigns.{verb}_{name}" for verb in ("add", "change") for name in ("campaign", "recipient")],
        "campaigns.add_campaigntext",
        "campaigns.*_campaignsharetext",
        "campaigns.*_campaignquestion",
        "campaigns.*_campaignrecipient",
        "campaigns.publish_campaign",
    ],
    "translator": [
        *READ_RECORD,
        *READ_CAMPAIGNS,
        "campaigns.add_campaigntext",
        "campaigns.add_campaignsharetext",
        "campaigns.change_campaignsharetext",
    ],
    "data protection": [
        *READ_LOGS,
        "cases.view_person",
        "cases.view_consentrecord",
        *[f"cases.{verb}_pause" for verb in ("view", "add", "change")],
        *["campaigns.view_campaign", "campaigns.view_signature", "campaigns.view_letter"],
        *["campaigns.settle_letter", "campaigns.see_addresses", "campaigns.export_signatures"],
    ],
    "administrator": [
        *READ_LOGS,
        *["campaigns.view_letter", "campaigns.settle_letter"],
        *[f"auth.{verb}_user" for verb in ("view", "add", "change")],
        "auth.view_group",
        *["mfa.view_authenticator", "mfa.delete_authenticator"],
        *[f"cases.{verb}_staffscope" for verb in ("view", "add", "change", "delete")],
    ],
}
"""Role → patterns. A permission that no pattern names belongs to nobody but superusers."""


def make_roles(using, apps=installed_apps, **_signal):
    """Gives each group exactly the permissions of its role. Run after every migration and every flush; changes only
    what differs."""
    try:
        groups, permissions = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return
    known = {
        f"{app}.{codename}": key
        for key, app, codename in permissions.objects.using(using).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for role, patterns in ROLES.items():
        group, _created = groups.objects.using(using).get_or_create(name=role)
        allowed = {key for name, key in known.items() if any(fnmatchcase(name, pattern) for pattern in patterns)}
        if allowed != set(group.permissions.using(using).values_list("pk", flat=True)):
            group.permissions.set(allowed)
