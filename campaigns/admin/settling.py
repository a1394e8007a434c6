"""Acts on letters that are stuck, each with its reason. No address is needed for them, and none is shown."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cases.errors import Refusal

from ..actions import settling


class WhyForm(ActionForm):
    """Beside the list of acts: why."""

    because = forms.CharField(label=_("Reason"), required=False, max_length=300)


class SettlesLetters:
    """For the drawer of letters. Whoever may settle letters sees the acts; all others see none."""

    actions = ["send_again", "give_up"]
    action_form = WhyForm

    def has_settle_permission(self, request):
        return request.user.has_perm("campaigns.settle_letter")

    @admin.action(description=_("Try once more (refused for good, or nobody knows)"), permissions=["settle"])
    def send_again(self, request, letters):
        self._settle(request, letters, settling.send_again, at=timezone.now())

    @admin.action(description=_("Give up: leave them unsent"), permissions=["settle"])
    def give_up(self, request, letters):
        self._settle(request, letters, settling.give_up)

    def _settle(self, request, letters, act, **given):
        try:
            done = act(letters, by=request.user, because=request.POST.get("because", ""), **given)
        except Refusal as refusal:
            for sentence in refusal.messages:
                self.message_user(request, sentence, messages.ERROR)
            return
        told = ngettext("%(n)d letter: done.", "%(n)d letters: done.", done) % {"n": done}
        self.message_user(request, told, messages.SUCCESS if done else messages.WARNING)
