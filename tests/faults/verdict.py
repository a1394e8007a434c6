"""The judgement after a fault: what people were told is compared with what is there. Pure: it asks nobody."""

import re
from collections import Counter
from dataclasses import dataclass, field

from .crowd import PASSING

GRACE = 5.0
"""Seconds after which the site must serve again by itself."""
LETTER = 10.0
"""Seconds after which somebody new who signs then must have their letter."""
PROMPT = 0.5
"""Seconds within which 95 of 100 signings are answered, whatever the mail host does."""
WORD_IN_LOGS = re.compile(r"(?:signer|probe|refused)[\w.-]*(?:@|%40)|Leyla", re.IGNORECASE)
WORDS = re.compile(r"[\w-]{20,}")
TOKEN_IN_LOGS = re.compile(r"/confirm/[\w-]{20,}")


@dataclass
class Story:
    """All that was seen of one fault."""

    fault: str
    database: str
    signed: dict
    confirmed: dict
    expected: set
    """Whoever was to get a letter and to confirm."""
    letters: list
    """(when, to whom, Message-ID, token) of each letter that the mail host kept."""
    attempts: list
    found: dict
    struck: float
    lifted: float
    again: float | None
    """Seconds from the fault's end until somebody new was acknowledged; None where nobody was."""
    mailed: float | None
    """Seconds from the fault's end until the letter to that somebody was there."""
    drained: float | None
    """Seconds from the fault's end until the outbox was empty and all was counted."""
    logs: dict
    complaints: list = field(default_factory=list)
    """What was already amiss while it lasted."""
    people: int = 0
    """How many were to sign, the one who comes afterwards included."""
    asked: dict = field(default_factory=dict)
    """Who → how often they asked to sign."""
    asked_twice: int = 0
    """How many of these requests the front may have repeated where a node died, or a client that did not wait."""

    @property
    def lost(self):
        return len(self.found["lost_signings"]) + len(self.found["lost_confirmations"]) + len(self.unwritten)

    @property
    def twice(self):
        found = self.found
        return found["rows"] - found["signers"] + max(0, found["total"] - found["confirmed"])

    @property
    def unwritten(self):
        """Whoever signed and got no letter."""
        return sorted(self.expected - {who for _at, who, _id, _token in self.letters})

    @property
    def copies(self):
        """Message-ID → how many letters beyond the first."""
        sent = Counter(message_id for _at, _who, message_id, _token in self.letters)
        return {message_id: number - 1 for message_id, number in sent.items() if number > 1}

    @property
    def turned_away(self):
        """Requests that got no answer, or one that says to try again."""
        return sum(1 for attempt in self.attempts if attempt.status != 303)

    @property
    def met(self):
        """How many requests were under way while it lasted."""
        return sum(each.began + each.seconds >= self.struck and each.began <= self.lifted for each in self.attempts)

    @property
    def surplus(self):
        """How many more letters of their own, each with its Message-ID, people got than they asked for."""
        sent = Counter(who for who, _id in {(who, message_id) for _at, who, message_id, _token in self.letters})
        return sum(max(0, number - self.asked.get(who, 1)) for who, number in sent.items())

    @property
    def p95(self):
        """Of the signings begun while the fault lasted and acknowledged, in seconds; None where there was none."""
        times = sorted(
            attempt.seconds
            for attempt in self.attempts
            if attempt.what == "sign" and attempt.status == 303 and self.struck <= attempt.began <= self.lifted
        )
        return times[int(len(times) * 0.95)] if times else None


def judge(story, *, grace=GRACE, letter_within=LETTER, prompt=None, no_errors=False, turns_away=False):
    """Every complaint, each a sentence; none where all is well. `prompt`: the bound of p95, where there is one."""
    found = story.found
    return [
        *story.complaints,
        *_of_striking(story, turns_away),
        *_of_loss(story, found),
        *_of_counting_twice(story, found),
        *_of_letters(story, found),
        *_of_answers(story, grace, prompt, no_errors),
        *_of_going_on(story, letter_within),
        *_of_logs(story),
    ]


def _of_striking(story, turns_away):
    """A fault that nobody met proves nothing."""
    if story.met < story.people // 10:
        yield f"It met {story.met} requests of {story.people} people: it did not strike in the middle."
    if turns_away and not story.turned_away:
        yield "Nobody was turned away: it did not happen."


def _of_loss(story, found):
    if (signed := len(story.signed)) < story.people:
        yield f"{signed} of {story.people} people could sign."
    if lost := found["lost_signings"]:
        yield f"{len(lost)} acknowledged signings are lost."
    if lost := found["lost_confirmations"]:
        yield f"{len(lost)} acknowledged confirmations are lost."
    if story.unwritten:
        yield f"{len(story.unwritten)} signers never got their letter."
    if missing := story.expected - story.confirmed.keys() - set(story.unwritten):
        yield f"{len(missing)} signers could not confirm."


def _of_counting_twice(story, found):
    if not found["rows"] == found["signers"] == len(story.signed):
        yield f"{found['rows']} rows for {found['signers']} signers."
    numbers = {name: found[name] for name in ("confirmed", "total", "buckets")} | {"people": len(story.confirmed)}
    if len(set(numbers.values())) > 1:
        yield f"The counts differ: {numbers}."
    if found["is_wrong"]:
        yield "The recount differs from the tally."
    if found["corrections"]:
        yield f"The tally had to be corrected {found['corrections']} times."


def _of_letters(story, found):
    known = found["letters"]
    for message_id, copies in story.copies.items():
        allowed = known[message_id]["unknown_count"] if message_id in known else 0
        if copies > min(allowed, 1):
            yield f"A letter was sent {copies + 1} times, with {allowed} outcomes unknown."
    if story.surplus > story.asked_twice:
        yield f"{story.surplus} letters more were sent than asked for; {story.asked_twice} may have been asked twice."
    sent = {message_id for _at, _who, message_id, _token in story.letters}
    lying = [each for each in known.values() if each["state"] == "sent" and each["message_id"] not in sent]
    if lying:
        yield f"{len(lying)} letters are marked as sent and were never sent."
    waiting = {state: number for state, number in found["states"].items() if state in ("queued", "leased")}
    if waiting:
        yield f"Letters stayed in the outbox: {waiting}."
    failed = len([each for each in known.values() if each["state"] == "failed"])
    if failed != len(set(story.signed) - story.expected):
        yield f"{failed} letters were given up; {len(set(story.signed) - story.expected)} mailboxes were refused."


def _of_answers(story, grace, prompt, no_errors):
    wrong = Counter(str(each.status) for each in story.attempts if each.status not in {303, *PASSING})
    if wrong:
        yield f"Answers that nobody should get: {dict(wrong)}."
    if no_errors and story.turned_away:
        yield f"{story.turned_away} requests were turned away."
    if story.again is None or story.again > grace:
        yield f"The site answered again after {story.again} s and not within {grace} s."
    if prompt and (story.p95 is None or story.p95 > prompt):
        yield f"95 of 100 signings took up to {story.p95} s and not {prompt} s."


def _of_going_on(story, letter_within):
    if story.mailed is None or story.mailed > letter_within:
        yield f"Somebody new had their letter after {story.mailed} s and not within {letter_within} s."
    if story.drained is None:
        yield "The outbox did not drain or the count did not come."


def _of_logs(story):
    tokens = {token for _at, _who, _id, token in story.letters} - {""}
    for name, text in story.logs.items():
        if found := WORD_IN_LOGS.search(text):
            yield f"An address or a name stands in the log of {name}: …{found[0]}…"
        if TOKEN_IN_LOGS.search(text) or not tokens.isdisjoint(WORDS.findall(text)):
            yield f"A token stands in the log of {name}."
