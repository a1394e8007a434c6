"""`python -m bench.growing fill|acts|persons|export NUMBER`: fills the database of the environment, or tells as JSON
what acts cost on it, in milliseconds of CPU of this process and of its PostgreSQL backend together."""

import io
import json
import resource
import sys
import time

import django

SMALL = 300
CHUNK = 5


def main():
    django.setup()
    what, number = sys.argv[1], int(sys.argv[2])
    print(json.dumps({"fill": fill, "acts": acts, "persons": persons, "export": export}[what](number)))


def fill(number):
    from django.core.management import call_command

    from bench.volume import make_open_campaign, make_signatures

    call_command("migrate", verbosity=0)
    began = time.monotonic()
    make_signatures(make_open_campaign(), number)
    took = time.monotonic() - began
    make_signatures(make_open_campaign(slug="small"), SMALL)  # With one campaign alone a list cannot be narrowed.
    return took


def acts(repeat):
    """Each act so many times; reading ones on whatever is there, signing and confirming on new signers."""
    from django.utils import timezone

    from campaigns.actions.sweeping import sweep
    from campaigns.actions.tallying import tally_up

    asked = Asking()
    signatures, letters = "/admin/campaigns/signature/", "/admin/campaigns/letter/"
    told = {
        "campaign page": asked.cost("/campaigns/release/", repeat),
        "count.json": asked.cost("/campaigns/release/count.json", repeat),
        "signing": spent(asked.sign, repeat * 4),
        "confirmation": spent(asked.confirm, repeat * 4),
        "tally of 100 confirmations": spent(lambda: tally_up(at=timezone.now()), 1, before=asked.hundred, rounds=8),
        "list of signatures": asked.cost(signatures, repeat),
        "its second page": asked.cost(f"{signatures}?p=2", repeat),
        "narrowed to the campaign": asked.cost(f"{signatures}?campaign__id__exact={asked.campaign.pk}", repeat),
        "narrowed to a small one": asked.cost(f"{signatures}?campaign__id__exact={asked.small.pk}", repeat),
        "list of letters": asked.cost(letters, repeat),
        "letters that failed": asked.cost(f"{letters}?state__exact=failed", repeat),
        "the desk": asked.cost("/admin/", repeat),
        "sweep": spent(lambda: sweep(at=timezone.now()), repeat),
    }
    return {name: round(milliseconds, 3) for name, milliseconds in told.items()}


def persons(number):
    """Wall time of pages over so many persons, in milliseconds, made anew."""
    from bench.volume import make_persons
    from cases.models import LegalProvision, Person

    if Person.objects.count() < number:
        make_persons(number)
    asked = Asking()
    article = LegalProvision.objects.filter(article="1-V").values_list("public_id", flat=True)[0]
    paths = {
        "list of cases": "/cases/",
        "list with a facet": f"/cases/?article={article}",
        "search": "/cases/?q=example",
        "home": "/",
        "sitemap.xml": "/sitemap.xml",
        "the desk": "/admin/",
        "list of persons on the desk": "/admin/cases/person/",
    }
    return {name: round(asked.wall(path), 1) for name, path in paths.items()}


def export(number):
    """Rows a second and MB at most, of a whole export."""
    from campaigns.actions.revealing import export_signatures
    from campaigns.admin.addresses import as_file
    from campaigns.models import Campaign

    campaign, began, rows = Campaign.objects.get(slug="release"), time.monotonic(), -1
    for piece in as_file(export_signatures(campaign, by=None, because="To measure it."), "x.csv").streaming_content:
        rows += piece.count(b"\n")
    took = time.monotonic() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": rows, "rows a second": round(rows / took), "MB": round(most)}


class Asking:
    """Requests straight into the application, as one who reads, signs, and sits at the desk."""

    def __init__(self):
        from django.contrib.auth import get_user_model
        from django.core.handlers.wsgi import WSGIHandler
        from django.test import Client
        from django.utils import timezone
        from makers import make_staff
        from makers_staff import sign_in

        from campaigns.links import make_stamp
        from campaigns.models import Campaign

        self.application, self.signed = WSGIHandler(), 0
        self.campaign = Campaign.objects.select_related("key").get(slug="release")
        self.small = Campaign.objects.get(slug="small")
        self.stamp = make_stamp(self.campaign.texts.get().pk, at=timezone.now())
        user = get_user_model().objects.filter(username="bench").first() or make_staff("bench")
        self.cookie = sign_in(Client(), user).cookies.output(attrs=[], header="", sep=";").strip()
        self.run = f"{time.time():.0f}"

    def ask(self, path, body=None, status=200):
        path, _mark, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET" if body is None else "POST",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_COOKIE": self.cookie if path.startswith("/admin/") else "",
            "HTTP_SEC_FETCH_SITE": "same-origin",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body or b"")),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body or b""),
            "wsgi.errors": sys.stderr,
        }
        said = []
        response = self.application(environ, lambda line, headers, error=None: said.append(line))
        list(response)
        response.close()
        if int(said[0][:3]) != status:
            raise RuntimeError(f"{path} answered {said[0]}")

    def cost(self, path, repeat):
        return spent(lambda: self.ask(path), repeat)

    def wall(self, path, repeat=5):
        self.ask(path)
        began = time.perf_counter()
        for _n in range(repeat):
            self.ask(path)
        return (time.perf_counter() - began) / repeat * 1000

    def sign(self):
        from urllib.parse import urlencode

        self.signed += 1
        form = {"name": "Leyla Example", "email": f"g{self.run}-{self.signed}@example.org", "country": "DE"}
        body = urlencode({**form, "consent": "on", "stamp": self.stamp}).encode()
        self.ask("/campaigns/release/sign/", body, status=303)

    def confirm(self):
        self.ask(f"/confirm/{self.tokens.pop()}/", b"", status=303)

    @property
    def tokens(self):
        from campaigns.models import Letter

        if not hasattr(self, "_tokens"):
            nonces = Letter.objects.order_by("-pk").values_list("nonce", flat=True)[: self.signed]
            secrets = self.campaign.key.unwrapped()
            self._tokens = [secrets.confirm_token(nonce) for nonce in nonces]
        return self._tokens

    def hundred(self):
        """A hundred confirmed signatures that no tally has seen."""
        from django.utils import timezone

        from campaigns.models import Signature

        for _n in range(100):
            self.sign()
        newest = Signature.objects.order_by("-pk").values("pk")[:100]
        Signature.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).update(confirmed_at=timezone.now())


def spent(act, repeat, *, before=None, rounds=1):
    """Milliseconds of CPU that one `act` takes, here and in the database; `before` is not counted.

    Here the cheapest few in a row count, since a machine whose speed wanders is slow for seconds; the database's share
    is told in hundredths of a second and is a mean of all.
    """
    from django.db import connection

    from bench.meters import cpu_seconds

    if before is None:
        act()
    own, its, few = [], 0.0, min(CHUNK, repeat)
    for _round in range(rounds):
        if before:
            before()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        its -= cpu_seconds(pid)
        for _chunk in range(repeat // few):
            began = time.process_time()
            for _n in range(few):
                act()
            own.append((time.process_time() - began) / few)
        its += cpu_seconds(pid)
    return (min(own) + its / (rounds * (repeat // few) * few)) * 1000


if __name__ == "__main__":
    main()
