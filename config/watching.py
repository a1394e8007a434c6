"""What happens to staff accounts, as Django and allauth tell it, goes into the security log."""

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver

from cases.actions.security import log_security
from cases.models import SecurityEvent
from config.staff_access import end_sessions_of, start_clock

Kind = SecurityEvent.Kind
User = get_user_model()


def acting(user):
    """Whoever is signed in to the request of this moment, unless it is the account's own holder."""
    request = context.request
    doer = getattr(request, "user", None)
    return doer if doer is not None and doer.is_authenticated and doer.pk != user.pk else None


@receiver(user_logged_in)
def note_sign_in(request, user, **kwargs):
    start_clock(request)
    log_security(Kind.SIGNED_IN, user)


@receiver(user_logged_out)
def note_sign_out(user, **kwargs):
    if user is not None:
        log_security(Kind.SIGNED_OUT, user)


@receiver(authentication_failed)
def note_wrong_code(user, **kwargs):
    log_security(Kind.WRONG_CODE, user)


@receiver(post_save, sender=Authenticator)
def note_new_factor(instance, created, raw=False, **kwargs):
    if created and not raw:
        log_security(Kind.FACTOR_ADDED, instance.user, by=acting(instance.user), detail=instance.get_type_display())


@receiver(post_delete, sender=Authenticator)
def note_lost_factor(instance, **kwargs):
    log_security(Kind.FACTOR_REMOVED, instance.user, by=acting(instance.user), detail=instance.get_type_display())


@receiver(pre_save, sender=User)
def compare_with_before(instance, update_fields=None, raw=False, **kwargs):
    """Remembers what the account may still do in the database, where that is about to change."""
    looks = update_fields is None or {"is_active", "is_staff", "is_superuser"} & set(update_fields)
    instance.standing_before = (
        User.objects.filter(pk=instance.pk).values("is_active", "is_staff", "is_superuser").first()
        if instance.pk and looks and not raw
        else None
    )


@receiver(post_save, sender=User)
def note_changed_account(instance, created, raw=False, **kwargs):
    if created or raw:
        return
    # Django sets the typed password aside until it is saved; a mere re-hashing leaves None there.
    if instance._password is not None:
        log_security(Kind.PASSWORD_CHANGED, instance, by=acting(instance))
    if before := instance.standing_before:
        if before["is_active"] and not instance.is_active:
            log_security(Kind.DEACTIVATED, instance, by=acting(instance))
        if instance.is_active and not before["is_active"]:
            end_sessions_of(instance)
        for field in ("is_staff", "is_superuser"):
            if before[field] != getattr(instance, field):
                detail = f"{field}: {before[field]} → {getattr(instance, field)}"
                log_security(Kind.ROLES_CHANGED, instance, by=acting(instance), detail=detail)


@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=User.user_permissions.through)
def note_changed_roles(instance, action, reverse, pk_set, **kwargs):
    if action not in {"post_add", "post_remove", "post_clear"}:
        return
    # From the side of the role nobody is named when it is emptied at once.
    users = User.objects.filter(pk__in=pk_set or ()) if reverse else [instance]
    for user in users:
        roles = ", ".join(user.groups.order_by("name").values_list("name", flat=True)) or "–"
        log_security(Kind.ROLES_CHANGED, user, by=acting(user), detail=roles)
