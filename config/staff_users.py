"""Staff accounts in the admin: who is asked in, with which roles and for which countries. Superusers are made, and
changed, on the command line alone."""

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.recording import record_change
from cases.admin.history import ReadOnlyAdmin
from cases.admin.keeping import WITHHELD, changes_in, keep_form
from cases.models import StaffScope
from config.inviting import invite
from config.roles import ROLES

User = get_user_model()


NO_REASON = gettext_lazy("Give a reason for changing what this account may do: it is kept with the change.")


class AccountForm(forms.ModelForm):
    """Nobody shares a name or an address with anybody else, in whatever letters it is written: both open the door.
    Whoever changes what a colleague may do says why."""

    because = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text=gettext_lazy("Needed when roles, countries or access are changed. Kept in the log with your name."),
        max_length=2000,
        required=False,
    )

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "is_active", "groups"]
        widgets = {"groups": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "email" in self.fields:
            self.fields["email"].required = True
        if "groups" in self.fields:
            self.fields["groups"].label = _("Roles")
            self.fields["groups"].help_text = _("What each role may do is told in docs/editing.md.")
            self.fields["groups"].queryset = Group.objects.filter(name__in=ROLES).order_by("name")

    def clean(self):
        cleaned = super().clean()
        changes_rights = self.instance.pk and {"is_active", "groups"} & set(self.changed_data)
        if changes_rights and not cleaned.get("because"):
            self.add_error("because", NO_REASON)
        return cleaned

    def clean_username(self):
        return self._alone("username")

    def clean_email(self):
        return self._alone("email")

    def _alone(self, name):
        value = self.cleaned_data[name]
        others = User.objects.exclude(pk=self.instance.pk)
        if others.filter(Q(username__iexact=value) | Q(email__iexact=value)).exists():
            raise ValidationError(_("Another account has this already."))
        return value


class ScopeFormSet(forms.BaseInlineFormSet):
    def clean(self):
        """The reason stands on the form of the account, which is posted with this one."""
        super().clean()
        was_changed = any(form.has_changed() for form in self.forms)
        if was_changed and not self.instance._state.adding and not self.data.get("because", "").strip():
            raise ValidationError(NO_REASON)


class ScopeInline(admin.TabularInline):
    """Nobody widens their own countries."""

    model = StaffScope
    formset = ScopeFormSet
    extra = 0
    verbose_name = gettext_lazy("limit to countries (without one, all of them)")

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and obj != request.user

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and obj != request.user

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and obj != request.user


class AccountAdmin(admin.ModelAdmin):
    """A new account is invited by mail to choose its password. An account is deactivated, never deleted: the logs
    name it."""

    form = AccountForm
    inlines = [ScopeInline]
    actions = ["invite_again"]
    list_display = ["username", "full_name", "email", "roles", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    search_fields = ["username", "first_name", "last_name", "email"]
    ordering = ["username"]
    readonly_fields = ["is_superuser", "last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "email"]}),
        (gettext_lazy("What they may do"), {"fields": ["is_active", "groups", "because"]}),
        (
            gettext_lazy("Kept by the system"),
            {"fields": ["is_superuser", "last_login", "date_joined"], "classes": ["collapse"]},
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=gettext_lazy("name"), ordering="last_name")
    def full_name(self, user):
        return user.get_full_name()

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user):
        if user.is_superuser:
            return _("everything (superuser)")
        return ", ".join(group.name for group in user.groups.all())

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.is_superuser)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        """Nobody gives themselves a role, or locks themselves out."""
        return [*self.readonly_fields, *(["is_active", "groups"] if obj == request.user else ())]

    def lookup_allowed(self, lookup, value, request):
        """No asking for the hash of a password letter by letter."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def save_model(self, request, obj, form, change):
        obj.is_staff = True
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).delete()
        changes = changes_in(form)
        if "email" in changes:
            changes["email"] = (WITHHELD, WITHHELD)
        if changes or not change:
            verb, because = "change" if change else "add", form.cleaned_data.get("because", "")
            record_change(obj, verb=verb, by=request.user, because=because, fields=changes)

    def save_formset(self, request, form, formset, change):
        because = form.cleaned_data.get("because", "")
        for gone in formset.deleted_forms:
            if gone.instance.pk:
                record_change(gone.instance, verb="delete", by=request.user, because=because)
        formset.save()
        for row in formset.forms:
            if row.has_changed() and row not in formset.deleted_forms:
                keep_form(row, added=row.instance in formset.new_objects, by=request.user, because=because)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not change:
            self._invite(request, form.instance)

    @admin.action(description=gettext_lazy("Send the invitation again"), permissions=["change"])
    def invite_again(self, request, accounts):
        for account in accounts:
            if account.has_usable_password() or not account.is_active or account.is_superuser:
                sentence = _("“%(name)s” is not waiting for an invitation.") % {"name": account}
                self.message_user(request, sentence, messages.ERROR)
            else:
                record_change(account, verb="invite", by=request.user)
                self._invite(request, account)

    def _invite(self, request, account):
        if invite(account, by=request.user):
            self.message_user(request, _("“%(name)s” was invited by mail.") % {"name": account}, messages.SUCCESS)
        else:
            sentence = _("The invitation for “%(name)s” could not be mailed: send it again from the list of accounts.")
            self.message_user(request, sentence % {"name": account}, messages.ERROR)

    # The log stands in for Django's own

    def log_addition(self, request, obj, message):
        return None

    def log_change(self, request, obj, message):
        return None


class RoleAdmin(ReadOnlyAdmin):
    """Roles come from config/roles.py and are made again after every migration: to read, not to edit."""

    list_display = ["name"]
    fields = ["name", "permissions"]


def register() -> None:
    """In the place of Django's drawers, which can make superusers, and of allauth's, which doubles the address."""
    for model, drawer in ((User, AccountAdmin), (Group, RoleAdmin)):
        admin.site.unregister(model)
        admin.site.register(model, drawer)
    admin.site.unregister(EmailAddress)
