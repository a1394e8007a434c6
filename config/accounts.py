"""Who may have an account: staff, made by staff."""

from allauth.account.adapter import DefaultAccountAdapter


class StaffOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False
