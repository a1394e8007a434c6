"""Pages of the staff site that belong to no drawer: the search over all of them, and the lists somebody has saved."""

from dataclasses import dataclass

from django.apps import apps
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.searching import LONGEST_QUERY, fold, search_words

SEARCHED = ["cases.Person", "cases.Organisation", "cases.Proceeding", "cases.Source", "campaigns.Campaign"]
NAMED = {"cases.Organisation": ["name", "native_name"], "cases.Proceeding": ["name"]}
"""Where a name has no index of its spellings, the names themselves are compared."""
MOST = 10


@dataclass(frozen=True)
class Found:
    """What one drawer has: the first rows, and whether there are more in its own list."""

    heading: str
    rows: list
    url: str
    more: bool


# The search


@require_safe
def search(request, *, site):
    """Persons, organisations, proceedings, sources and campaigns by any spelling, as far as the asker may see them."""
    query = " ".join(request.GET.get("q", "").split())[:LONGEST_QUERY]
    found = [_find(site, request, label, query) for label in SEARCHED] if query else []
    context = {
        **site.each_context(request),
        "title": _("Search"),
        "query": query,
        "found": [part for part in found if part and part.rows],
    }
    request.current_app = site.name
    return render(request, "admin/search.html", context)


def _find(site, request, label, query):
    model = apps.get_model(label)
    drawer = site._registry[model]
    if not drawer.has_view_permission(request):
        return None
    rows = drawer.get_queryset(request)
    matching, _doubled = drawer.get_search_results(request, rows, query)
    matching = rows.filter(pk__in=matching.order_by().values("pk"))
    if label in NAMED:
        matching = matching | rows.filter(pk__in=_by_spelling(rows, NAMED[label], query))
    first = list(matching.order_by(*model._meta.ordering or ["pk"])[: MOST + 1])
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    return Found(
        heading=model._meta.verbose_name_plural,
        rows=[(row, reverse(f"{name}_change", args=[row.pk])) for row in first[:MOST]],
        url=f"{reverse(f'{name}_changelist')}?{urlencode({'q': query})}",
        more=len(first) > MOST,
    )


def _by_spelling(rows, fields, query):
    """The keys of the rows in whose names every word of the query is found, however it is spelled."""
    words = search_words(query)
    if not words:
        return []
    named = rows.order_by().values_list("pk", *fields)
    return [pk for pk, *names in named.iterator() if all(word in fold(" ".join(names)) for word in words)]


# Saved lists


def filters_of(user):
    """The lists that `user` has saved, each with its address."""
    desk = reverse("admin:index")
    saved = apps.get_model("cases", "SavedFilter").objects.filter(user=user)
    return [{"pk": row.pk, "name": row.name, "url": _address(desk, row)} for row in saved]


@require_POST
def save_filter(request, *, site):
    """Keeps the list at `path` with its `query` under a `name`, for whoever asks and nobody else."""
    desk = reverse("admin:index")
    path = _list_path(request.POST.get("path", ""), desk)
    query = QueryDict(request.POST.get("query", "")[:2000]).urlencode()
    name = " ".join(request.POST.get("name", "").split())
    back = HttpResponseRedirect(f"{desk}{path}" + (f"?{query}" if query else ""))
    if not name or len(name) > 80 or len(query) > 1000:
        messages.error(request, _("Give the list a name of at most 80 letters."))
        return back
    try:
        with transaction.atomic():
            apps.get_model("cases", "SavedFilter").objects.create(user=request.user, name=name, path=path, query=query)
    except IntegrityError:
        messages.error(request, _("You have a list called “%(name)s” already.") % {"name": name})
    else:
        messages.success(request, _("“%(name)s” is kept: you find it on the desk.") % {"name": name})
    return back


@require_POST
def delete_filter(request, *, site, pk):
    """Forgets one of the asker's own saved lists. Nobody finds another's."""
    row = get_object_or_404(apps.get_model("cases", "SavedFilter"), pk=pk, user=request.user)
    row.delete()
    messages.success(request, _("“%(name)s” is forgotten.") % {"name": row.name})
    return redirect("admin:index")


def _list_path(address, desk):
    """The part of a list's address below the desk. Raises Http404 for what is not a list of the staff site."""
    try:
        view = resolve(address).view_name
    except Resolver404:
        raise Http404 from None
    if not address.startswith(desk) or not view.startswith("admin:") or not view.endswith("_changelist"):
        raise Http404
    return address.removeprefix(desk)


def _address(desk, row):
    return f"{desk}{row.path}" + (f"?{row.query}" if row.query else "")
