"""The forms of the second factor. Those that ask for a code are patient: wrong codes wait like wrong passwords."""

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.actions.security import log_security
from cases.models import SecurityEvent
from config.backoff import seconds_to_wait, sentence
from config.doors import door_of_account


class PatientCodes:
    user: AbstractBaseUser

    def clean_code(self) -> str:
        door = door_of_account("code", context.request, self.user, self.user.get_username())
        if wait := seconds_to_wait(door):
            raise ValidationError(sentence(wait), code="wait")
        try:
            code = super().clean_code()
        except ValidationError:
            if wait := door.seconds_left():
                log_security(SecurityEvent.Kind.LOCKED, self.user, detail=f"{wait} s")
            raise
        door.forgive()
        return code


class PatientAuthenticateForm(PatientCodes, AuthenticateForm):
    pass


class PatientReauthenticateForm(PatientCodes, ReauthenticateForm):
    pass


class AddPasskeyForm(AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("A name, to tell it from others")
        self.fields["passwordless"].label = _("Sign in with nothing else")
        self.fields["passwordless"].help_text = _(
            "Then it needs neither name nor password, but asks for your fingerprint, face or PIN."
        )
