"""Plain functions for what roles may do: an account of a role, a row for every drawer, the address of every view."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, reverse
from makers import (
    cite,
    make_affiliation,
    make_change,
    make_charge,
    make_court,
    make_detention,
    make_event,
    make_hearing,
    make_order,
    make_organisation,
    make_person,
    make_proceeding,
    make_report,
    make_sentence,
    numbers,
)
from makers_campaigns import make_campaign, make_signature
from makers_staff import PASSWORD, enrol, sign_in

from cases.actions.recording import record_change
from cases.models import (
    CaseEvent,
    LegalCode,
    OffenceType,
    Picture,
    Place,
    ReviewComment,
    SavedFilter,
    SecurityEvent,
    SlugRedirect,
    StaffScope,
)
from cases.picture_files import FOLDER, file_name


def make_role(role, name=None, **fields):
    """An account that has the role and nothing else."""
    name = name or f"{role.replace(' ', '')}-{next(numbers)}"
    user = get_user_model().objects.create_user(
        name, email=f"{name}@habeas.example", password=PASSWORD, is_staff=True, **fields
    )
    user.groups.add(Group.objects.get(name=role))
    return user


def limit_to(user, *countries):
    return StaffScope.objects.create(user=user, countries=",".join(countries))


def desk_of(role, *countries, **fields):
    """A signed-in browser of somebody with `role`; `desk.user` is who that is."""
    user = make_role(role, **fields)
    if countries:
        limit_to(user, *countries)
    desk = sign_in(Client(), user)
    desk.user = user
    return desk


def make_a_row_for_every_drawer():
    """Drafts wherever there are drafts; all of them somebody else's."""
    outlet, court = make_organisation(public=False), make_court(public=False)
    proceeding, person = make_proceeding(public=False), make_person(public=False)
    person.names.create(text="Ana Beispiel")
    person.recognitions.create(recognised_by="A group")
    charge = make_charge(person, proceeding=proceeding, public=False)
    make_order(make_detention(person, public=False), court=court, public=False)
    make_report(person, public=False)
    make_change(person, new=[charge], public=False)
    make_hearing(person, court=court, proceeding=proceeding, public=False)
    make_event(person, organisations=[outlet], public=False)
    make_sentence(person, public=False)
    make_affiliation(person, outlet, public=False)
    cite(person, public=False)
    picture = Picture.objects.create(person=person, stem=f"stem-{next(numbers)}", width=960, height=1200, alt="A")
    default_storage.save(f"{FOLDER}/{file_name(picture.stem, 480, 'JPEG')}", ContentFile(b"a picture"))
    Place.objects.create(country="XK", city="Pristina")
    OffenceType.objects.create(name="Offence")
    LegalCode.objects.create(name="Code", kind="law")
    SlugRedirect.objects.create(kind="person", old_slug="old", target=person.public_id)
    colleague = enrol(make_role("researcher", "colleague")).user
    SecurityEvent.objects.create(kind=SecurityEvent.Kind.SIGNED_IN, user=colleague)
    ReviewComment.objects.create(person=person, text="Where is this from?", by=colleague)
    record_change(person, verb="add", by=colleague, fields={"summary": ("", "New")})
    make_signature(make_campaign(make_person()))


def admin_views():
    """Every named view of the staff site: its name → (its model or None, the names of what its address takes)."""
    found = {}
    for pattern in admin.site.get_urls():
        if isinstance(pattern, URLPattern):
            _keep(found, pattern, None)
    for model, drawer in admin.site._registry.items():
        for pattern in drawer.get_urls():
            _keep(found, pattern, model)
    return found


def _keep(found, pattern, model):
    """Django's two nameless ones lead elsewhere: an old form of addresses, and whatever does not exist."""
    if pattern.name is None:
        told = str(pattern.pattern)
        assert told in ("<path:object_id>/", r"(?P<url>.*)$"), f"a view without a name cannot be in the table: {told}"
        return
    found[pattern.name] = (model, sorted({*pattern.pattern.converters, *pattern.pattern.regex.groupindex}))


def address_of(name, model, takes, user):
    """Where the view is met with real rows. `user`: whose own things are meant where a view is about one's own."""
    person = CaseEvent.objects.get().persons.get()
    values = {
        "app_label": "cases",
        "object_id": person.pk,
        "pk": SavedFilter.objects.filter(user=user).values_list("pk", flat=True).first(),
        "comment_id": ReviewComment.objects.values_list("pk", flat=True).first(),
    }
    if model is not None:
        values["object_id"] = _row_of(model).pk
    if "change_id" in takes:
        values["change_id"] = record_change(_row_of(model), verb="change", by=None).pk
    address = reverse(f"admin:{name}", kwargs={taken: values[taken] for taken in takes})
    if name.endswith("_several"):
        return f"{address}?ids={values['object_id']}"
    return f"{address}?{QUERY[name]}" if name in QUERY else address


POSTED = {
    "save_filter": {"name": "Drafts", "path": "/admin/cases/person/", "query": "state__exact=draft"},
    **{f"cases_{page}_review": {"act": "comment"} for page in ("person", "proceeding", "organisation")},
}
"""What is posted where an empty form would mean nothing."""
QUERY = {"autocomplete": "app_label=cases&model_name=charge&field_name=person&term=a"}


def _row_of(model):
    if model is get_user_model():
        return model.objects.get(username="colleague")
    row = model.objects.order_by("pk").first()
    assert row is not None, f"make_a_row_for_every_drawer makes no {model._meta.label}"
    return row
