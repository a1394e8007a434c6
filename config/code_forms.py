"""The forms that ask for a code of the second factor, made patient: wrong codes wait like wrong passwords."""

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.exceptions import ValidationError

from cases.actions.security import log_security
from cases.models import SecurityEvent
from config.backoff import seconds_to_wait, sentence
from config.doors import door_of_account


class PatientCodes:
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
