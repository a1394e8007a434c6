"""Addresses that last: new slugs, and old ones that lead to them."""

from ..models import SlugRedirect
from ..searching import slug_from


def free_slug(model, text):
    """A slug for `text` that no record of `model` has, or ever had."""
    base = slug_from(text)[:70] or model._meta.model_name
    slug, number = base, 1
    while _is_taken(model, slug):
        number += 1
        slug = f"{base}-{number}"
    return slug


def keep_old_address(record, old_slug):
    """After `record` left `old_slug` for another slug: the old address leads to the new one from now on."""
    kind = record._meta.model_name
    SlugRedirect.objects.filter(kind=kind, old_slug=record.slug).delete()
    if old_slug and old_slug != record.slug:
        SlugRedirect.objects.update_or_create(kind=kind, old_slug=old_slug, defaults={"target": record.public_id})


def _is_taken(model, slug):
    was = SlugRedirect.objects.filter(kind=model._meta.model_name, old_slug=slug)
    return model.objects.filter(slug=slug).exists() or was.exists()
