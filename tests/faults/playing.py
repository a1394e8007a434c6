"""One fault played to its end: people gather, it strikes, it passes, and what they were told is judged."""

import contextlib
import json
import subprocess
import sys
import time

from deploy.cluster import ROOT

from .crowd import Crowd
from .striking import Scene
from .verdict import Story

DRAINED_WITHIN = 150
GATHERED_WITHIN = 40
OPEN_ENDS = """
SELECT (SELECT count(*) FROM campaigns_letter WHERE state IN ('queued', 'leased')),
       (SELECT count(*) FROM campaigns_signature WHERE confirmed_at IS NOT NULL AND counted_at IS NULL)
"""


def play(fault, site, slug, *, people=200):
    """The Story of `fault` at `site`, with as many people signing the campaign `slug`."""
    everybody = [f"signer{number}-{slug}@signers.example" for number in range(people - 1)]
    unreachable = set()
    if fault.refuses_some:
        everybody[::10] = [f"refused-{who}" for who in everybody[::10]]
        unreachable = set(everybody[::10])
    offsets = {file: file.stat().st_size for file in (site.folder / "log").iterdir()}
    scene = Scene(site, None, [])
    fault.before(scene)
    crowd = scene.crowd = Crowd(site, slug, everybody, fault.rate, unreachable)
    crowd.gather()
    if not wait_until(lambda: gathered(crowd, people), GATHERED_WITHIN):
        scene.complaints.append("It struck before a fifth had signed and some had confirmed.")
    struck = time.monotonic()
    fault.strike(scene)
    ends = time.monotonic() + fault.seconds
    fault.meanwhile(scene)
    time.sleep(max(ends - time.monotonic(), 0))
    fault.lift(scene)
    lifted = time.monotonic()
    crowd.sign(probe := f"probe-{slug}@signers.example")
    again = crowd.signed[probe] - lifted if probe in crowd.signed else None
    crowd.disperse()
    drained = time.monotonic() - lifted if wait_until(lambda: is_drained(site), DRAINED_WITHIN) else None
    found = look(site, slug, crowd)
    if not fault.happened(scene):
        scene.complaints.append("It did not happen: nobody met with it.")
    fault.after(scene)
    letters = crowd.letters + [(time.monotonic(), *rest) for rest in late_letters(crowd)]
    return Story(
        fault=fault.title,
        database=site.database,
        signed=crowd.signed,
        confirmed=crowd.confirmed,
        expected=crowd.expected(),
        letters=letters,
        attempts=crowd.attempts,
        found=found,
        struck=struck,
        lifted=lifted,
        again=again,
        mailed=next((at - lifted for at, who, *_rest in letters if who == probe), None),
        drained=drained,
        logs={file.name: new_in(file, offsets.get(file, 0)) for file in (site.folder / "log").iterdir()},
        complaints=scene.complaints,
        people=people,
        asked={who: number for (what, who), number in crowd.asked.items() if what == "sign"},
        asked_twice=scene.asked_twice,
    )


def gathered(crowd, people):
    return len(crowd.signed) >= people // 5 and len(crowd.confirmed) >= people // 20


def is_drained(site):
    return site.rows(OPEN_ENDS)[0] == (0, 0)


def look(site, slug, crowd):
    """What `faults.looking` says, asked in the site's environment."""
    asked = json.dumps({"slug": slug, "signed": list(crowd.signed), "confirmed": list(crowd.confirmed)})
    command = [sys.executable, "-m", "faults.looking"]
    done = subprocess.run(command, cwd=ROOT, env=site.env, input=asked, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout)


def late_letters(crowd):
    """Those that came after the crowd had gone home."""
    for letter in crowd._new_letters():
        yield letter["to"][0], letter["message_id"], letter["token"]


def new_in(file, offset):
    with file.open("rb") as log:
        log.seek(offset)
        return log.read().decode("utf-8", "replace")


def wait_until(true, seconds):
    """Whether it became true in time; a site that is away for a moment says nothing yet."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(Exception):
            if true():
                return True
        time.sleep(0.1)
    return False
