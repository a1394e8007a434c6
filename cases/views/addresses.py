"""What an address answers at which nothing public stands."""

from django.http import Http404
from django.shortcuts import redirect, render

from ..models import Person, SlugRedirect, State


def moved_or_gone(request, model, slug):
    """The answer for `slug`: 301 to where the record stands now, 410 where it was taken back. Raises `Http404` for
    whatever was never public, or is hidden because somebody asked for silence."""
    taken_back = model.objects.filter(state=State.RETRACTED)
    if model is Person:
        taken_back = taken_back.exclude(pk__in=Person.objects.paused())
    if taken_back.filter(slug=slug).exists():
        return _gone(request)
    target = SlugRedirect.objects.target(model, slug)
    if target is None:
        raise Http404
    found = {"public_id": target}
    if model is Person:
        found["is_minor"] = False  # The old address of a minor may be the name.
    if record := model.objects.public().filter(**found).first():
        return redirect(record, permanent=True)
    if taken_back.filter(**found).exists():
        return _gone(request)
    raise Http404


def _gone(request):
    return render(request, "cases/taken_back.html", {"noindex": True}, status=410)
