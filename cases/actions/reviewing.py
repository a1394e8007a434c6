"""A draft goes to review, is talked about, and comes back or is published."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ..errors import ReasonMissing, Refusal
from ..models import Change, ReviewComment, State
from .locking import release
from .recording import record_change
from .rows import draft_rows, rows_of

CHANGING = ["add", "change", "amend", "restore", "import"]
"""The acts by which somebody writes what the public is to read."""
SPEAKING = ["comment", "settle"]
"""The acts by which somebody only says something about a page."""


@transaction.atomic
def submit(page, *, by, because):
    """Hands `page` and its drafts to review. Rows added meanwhile stay with it.

    Whoever hands it over is done editing it: their edit lock goes.

    `because`: what the reviewer should know; kept in the log. Raises `ReasonMissing`, or `Refusal` where nothing is
    a draft.
    """
    because = _said(because, _("Tell the reviewer what this is about: it is kept with the change."))
    page = type(page).objects.select_for_update().get(pk=page.pk)
    moved = _move(page, State.DRAFT, State.IN_REVIEW)
    if not moved and not draft_rows(page):
        raise Refusal(_("Nothing of “%(name)s” is a draft, so there is nothing to review.") % {"name": page})
    record_change(page, verb="submit", by=by, because=because, fields={"state": (page.state, _state_of(page))})
    release(page, by=by)
    page.refresh_from_db()
    return page


@transaction.atomic
def send_back(page, *, by, because):
    """Makes what is in review of `page` a draft again, with a comment that says why."""
    because = _said(because, _("Say what should be changed: it is kept as a comment."))
    page = type(page).objects.select_for_update().get(pk=page.pk)
    if not is_in_review(page):
        raise Refusal(_("“%(name)s” is not in review, so it cannot be sent back.") % {"name": page})
    _move(page, State.IN_REVIEW, State.DRAFT)
    _keep(page, because, by)
    record_change(page, verb="send back", by=by, because=because, fields={"state": (page.state, _state_of(page))})
    page.refresh_from_db()
    return page


@transaction.atomic
def comment(page, *, text, by):
    """Adds a remark about `page`. Raises `ReasonMissing` for an empty one."""
    text = _said(text, _("Write what you want to say."))
    record_change(page, verb="comment", by=by, because=text)
    return _keep(page, text, by)


@transaction.atomic
def settle_comment(remark, *, by):
    """Marks `remark` as dealt with; doing it again changes nothing."""
    open_still = ReviewComment.objects.filter(pk=remark.pk, resolved_at__isnull=True)
    if open_still.update(resolved_at=timezone.now(), resolved_by=by):
        record_change(remark.page, verb="settle", by=by, because=remark.text)


def open_comments(page):
    return ReviewComment.objects.of(page).filter(resolved_at__isnull=True).select_related("by")


def is_in_review(page):
    """Whether the last word about `page` is that it was submitted."""
    acts = Change.objects.about(page).filter(verb__in=["submit", "send back", "publish"])
    return acts.values_list("verb", flat=True).first() == "submit"


def submitted_by(page):
    """The key of whoever submitted what now waits for `page`; None if nobody did since it was last published."""
    acts = Change.objects.about(page).filter(verb__in=["submit", "send back", "publish"])
    verb, by = acts.values_list("verb", "by").first() or ("", None)
    return by if verb == "submit" else None


def has_unread_changes(page, by):
    """Whether `by` has changed anything of `page` since it was last published that nobody else has submitted since."""
    read = Change.objects.about(page).filter(Q(verb="publish") | Q(~Q(by=by), verb="submit"))
    since = read.order_by("-pk").values_list("pk", flat=True).first() or 0
    mine = Change.objects.filter(by=by, pk__gt=since, verb__in=CHANGING)
    if mine.filter(table=page._meta.model_name, record_id=str(page.pk)).exists():
        return True
    for rows in rows_of(page):
        acts = mine.filter(table=rows.model._meta.model_name).order_by().values_list("record_id", flat=True)
        if (keys := set(acts)) and rows.filter(pk__in=keys).exists():
            return True
    return False


def stay_with(page, rows):
    """New `rows` of a page that is in review are in review, too."""
    for row in rows:
        if getattr(row, "state", None) == State.DRAFT and is_in_review(page):
            type(row)._default_manager.filter(pk=row.pk).update(state=State.IN_REVIEW)
            row.state = State.IN_REVIEW


def _move(page, was, now):
    """Sets the state of the page and of its rows that are `was` to `now`. Returns how many there were."""
    moved = 0
    for rows in [type(page)._default_manager.filter(pk=page.pk), *rows_of(page)]:
        keys = list(rows.filter(state=was).values_list("pk", flat=True).distinct())
        moved += rows.model._default_manager.filter(pk__in=keys).update(state=now)
    return moved


def _state_of(page):
    return type(page)._default_manager.values_list("state", flat=True).get(pk=page.pk)


def _keep(page, text, by):
    return ReviewComment.objects.create(**{page._meta.model_name: page}, text=text, by=by)


def _said(text, sentence):
    text = (text or "").strip()
    if not text:
        raise ReasonMissing(sentence)
    return text
