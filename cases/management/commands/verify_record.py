"""`manage.py verify_record`: proves again every rule across rows, and every derived cache."""

from django.core.management.base import BaseCommand, CommandError

from cases.actions.checking import doubts_of, problems_of, problems_of_proceeding
from cases.actions.deriving import is_derived
from cases.models import Person, Proceeding


class Command(BaseCommand):
    help = "Checks all rules across rows. Exits with an error that lists each broken one."

    def handle(self, *args, **options):
        problems, doubts, count = [], [], 0
        for person in Person.objects.order_by("pk").iterator():
            count += 1
            problems += [f"{person.public_id}: {problem}" for problem in problems_of(person)]
            doubts += [f"{person.public_id}: {doubt}" for doubt in doubts_of(person)]
            if not is_derived(person):
                problems.append(f"{person.public_id}: the standing differs from the record.")
        for proceeding in Proceeding.objects.order_by("pk").iterator():
            problems += [f"{proceeding.public_id}: {problem}" for problem in problems_of_proceeding(proceeding)]
        for doubt in doubts:
            self.stdout.write(f"doubt: {doubt}")
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"The record keeps its rules: {count} persons checked.")
