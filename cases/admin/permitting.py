"""What somebody may do with one row: their own drafts, the countries they work on."""

from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from ..models import (
    ARC,
    Affiliation,
    CaseEvent,
    Change,
    Charge,
    ChargeChange,
    ChargeEvent,
    ChargeSuccession,
    Citation,
    ConsentRecord,
    CustodyReport,
    Detention,
    DetentionOrder,
    Hearing,
    Organisation,
    Pause,
    Person,
    PersonName,
    Picture,
    Proceeding,
    PublicationBasis,
    Recognition,
    RiskAssessment,
    Sentence,
    StaffScope,
    State,
)
from .concerned import PAGES, pages_of

OF_PERSON = ["person__country"]
COUNTRIES = {
    Person: ["country"],
    Proceeding: ["country"],
    Organisation: ["country"],
    Affiliation: OF_PERSON,
    Charge: OF_PERSON,
    ChargeChange: OF_PERSON,
    CustodyReport: OF_PERSON,
    Detention: OF_PERSON,
    PersonName: OF_PERSON,
    Picture: OF_PERSON,
    Recognition: OF_PERSON,
    Sentence: OF_PERSON,
    PublicationBasis: OF_PERSON,
    ConsentRecord: OF_PERSON,
    RiskAssessment: OF_PERSON,
    Pause: OF_PERSON,
    ChargeEvent: ["charge__person__country"],
    ChargeSuccession: ["change__person__country"],
    DetentionOrder: ["detention__person__country"],
    Hearing: ["persons__country", "proceeding__country"],
    CaseEvent: ["persons__country", "organisations__country", "proceeding__country"],
}
"""Model → the paths on which a row has its countries. Sources, law and places belong to every country."""

COUNTRIES[Citation] = [f"{name}__{path}" for name, model in ARC.items() for path in COUNTRIES.get(model, ())]


def countries_of(user):
    """The codes of the countries `user` works on; empty when it is all of them. Asked once for each request."""
    if not hasattr(user, "_works_on"):
        scope = StaffScope.objects.filter(user=user).first()
        user._works_on = frozenset(country.code for country in scope.countries) if scope else frozenset()
    return user._works_on


def in_scope(rows, user):
    """The rows of the queryset `rows` that concern a country `user` works on, or no country at all."""
    paths, codes = COUNTRIES.get(rows.model), countries_of(user)
    if not paths or not codes:
        return rows
    inside, of_none = Q(), Q()
    for path in paths:
        inside |= Q(**{f"{path}__in": codes})
        of_none &= Q(**{path: ""}) | Q(**{f"{path}__isnull": True})
    return rows.filter(pk__in=rows.model._base_manager.filter(inside | of_none).values("pk"))


def acts_in_scope(changes, user):
    """The acts of the queryset `changes` on rows that `user` may meet. Where a row that is gone belonged nobody knows
    any more: its acts are for those who work on every country."""
    if not countries_of(user):
        return changes
    met = ~Q(table__in=[model._meta.model_name for model in COUNTRIES])
    for model in COUNTRIES:
        rows = in_scope(model._base_manager.order_by(), user).annotate(as_text=Cast("pk", CharField()))
        met |= Q(table=model._meta.model_name, record_id__in=rows.values("as_text"))
    return changes.filter(met)


def is_own_draft(user, record):
    """Whether `record` is a draft that `user` added, or a draft row of persons who all are.

    In review it is nobody's own any more, until it is sent back.
    """
    if getattr(record, "state", None) != State.DRAFT:
        return False
    if _added(user, record):
        return True
    pages = [] if isinstance(record, PAGES) else pages_of(record)
    return bool(pages) and all(page.state == State.DRAFT and _added(user, page) for page in pages)


def may_publish(user, record):
    """Whether `user` may make the pages that show `record` public, and take them back."""
    pages = {page._meta.model_name for page in _pages(record)} or {"person"}
    return all(user.has_perm(f"cases.publish_{page}") for page in pages)


def outside(user, record, country):
    """A sentence, where `record` would lie in a country that `user` does not work on; None where it may."""
    codes = countries_of(user) if isinstance(record, PAGES) and country else ()
    if not codes or country in codes:
        return None
    return _("Choose a country you work on: %(codes)s.") % {"codes": ", ".join(sorted(codes))}


def _pages(record):
    """The pages that show `record`; of one that is not saved yet, only itself is known."""
    return pages_of(record) if record.pk or isinstance(record, PAGES) else []


def _added(user, record):
    return Change.objects.about(record).filter(verb="add", by=user).exists()


class ScopedChoices:
    """For a drawer or an inline: the rows it offers to choose from are those of the reader's countries."""

    def get_field_queryset(self, db, db_field, request):
        """Without this, what the look-up does not offer could still be posted."""
        queryset = super().get_field_queryset(db, db_field, request)
        model = db_field.remote_field.model
        if model not in COUNTRIES or not countries_of(request.user):
            return queryset
        return in_scope(model._default_manager.using(db) if queryset is None else queryset, request.user)


class Permitting(ScopedChoices):
    """For a drawer: its rows are those of the reader's countries; who may only add may also change and delete their
    own drafts."""

    def get_queryset(self, request):
        return in_scope(super().get_queryset(request), request.user)

    def lookup_allowed(self, lookup, value, request):
        """Nobody finds out by filtering what they may not see: a private row, a note for others."""
        name = lookup.partition("__")[0]
        field = next((field for field in self.opts.get_fields() if field.name == name), None)
        if field is not None and field.auto_created and field.is_relation:
            found = field.related_model._meta
            if not request.user.has_perm(f"{found.app_label}.view_{found.model_name}"):
                return False
        return name not in self.hidden_from(request) and super().lookup_allowed(lookup, value, request)

    def hidden_from(self, request):
        """The names of the fields that whoever asks may not see."""
        return ()

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) or self._is_own(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) or self._is_own(request, obj)

    def _is_own(self, request, obj):
        may_add = request.user.has_perm(f"{self.opts.app_label}.add_{self.opts.model_name}")
        return obj is not None and may_add and is_own_draft(request.user, obj)


class PermittingRows(ScopedChoices):
    """For an inline: on their own draft, who may add rows may also change and delete those that are there."""

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) or self._is_own(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) or self._is_own(request, obj)

    def _is_own(self, request, obj):
        return (
            obj is not None
            and self.has_view_permission(request, obj)
            and self.has_add_permission(request, obj)
            and is_own_draft(request.user, obj)
        )
