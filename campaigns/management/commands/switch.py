"""`manage.py switch`: turns signing, mail or all writing off and on again, on every machine, within seconds."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from campaigns.actions.switching import NORMAL, set_switch
from campaigns.models import Switch
from campaigns.models.switches import memory, thrown_switches
from cases.errors import Refusal


class Command(BaseCommand):
    help = "Lists the kill switches, or sets one: `switch signing off REASON`, `switch read-only on REASON`."
    # It must act while half of the installation is on fire.
    requires_system_checks: list = []

    def add_arguments(self, parser):
        parser.add_argument("name", nargs="?", choices=sorted(name.value for name in NORMAL), help="which switch")
        parser.add_argument("position", nargs="?", choices=["on", "off"])
        parser.add_argument("reason", nargs="?", default="", help="kept in the log of staff acts and on the desk")
        parser.add_argument("--by", metavar="USERNAME", help="whose act this is in the log; the system's unless told")

    def handle(self, *args, name=None, position=None, reason="", by=None, **options):
        if name and not position:
            raise CommandError(f"Say how it shall stand: `switch {name} on` or `switch {name} off`.")
        if name:
            self.set(name, position, reason, self.account(by))
        self.list()

    def set(self, name, position, reason, by):
        try:
            if not set_switch(name, position, by=by, because=reason):
                self.stdout.write(f"{name} was {position} already.")
        except Refusal as refusal:
            raise CommandError(f'{refusal} (`switch {name} {position} "the reason"`)') from refusal

    def account(self, username):
        if username is None:
            return None
        try:
            return get_user_model().objects.get_by_natural_key(username)
        except get_user_model().DoesNotExist as error:
            raise CommandError(f"No account is called {username}.") from error

    def list(self):
        memory.forget()
        thrown = thrown_switches()
        for name in sorted(NORMAL):
            is_thrown = name in thrown
            position = {"on": "off", "off": "on"}[NORMAL[name]] if is_thrown else NORMAL[name]
            since = Switch.objects.filter(name=name).values_list("since", flat=True).first()
            why = f", since {since:%Y-%m-%d %H:%M %Z}: {thrown[name]}" if since else f": {thrown.get(name)}"
            self.stdout.write(f"{name} is {position}{why if is_thrown else ''}")
