"""What an address answers at which nothing public stands."""

from django.http import Http404
from django.shortcuts import redirect, render

from ..models import SlugRedirect, State


def moved_or_gone(request, model, slug):
    """The answer for `slug`: 301 to where the record stands now, 410 where it was taken back. Raises `Http404` for
    whatever was never public, or is hidden because somebody asked for silence."""
    if model.objects.filter(slug=slug, state=State.RETRACTED).exists():
        return _gone(request)
    target = SlugRedirect.objects.target(model, slug)
    if target is None:
        raise Http404
    record = model.objects.public().filter(public_id=target).first()
    if record and not getattr(record, "is_minor", False):  # The old address may be the name.
        return redirect(record, permanent=True)
    if model.objects.filter(public_id=target, state=State.RETRACTED).exists():
        return _gone(request)
    raise Http404


def _gone(request):
    return render(request, "cases/taken_back.html", {"noindex": True}, status=410)
