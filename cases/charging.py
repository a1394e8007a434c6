"""What a charge's events say: their order, the last of them, and whether the charge still stands."""


def in_order(events):
    """`events` from first to last: by date, then sequence; an event of unknown date comes after the dated events
    whose sequence is not above its own."""
    dated = sorted((e for e in events if e.on), key=lambda e: (e.on, e.sequence))
    for undated in sorted((e for e in events if not e.on), key=lambda e: e.sequence):
        before = [i for i, e in enumerate(dated) if e.sequence <= undated.sequence]
        dated.insert(before[-1] + 1 if before else 0, undated)
    return dated


def last_event(events):
    """The event from which a charge's status is read; None without events."""
    ordered = in_order(events)
    return ordered[-1] if ordered else None


def stands(events, *, replaced):
    """Whether a charge is current: nothing has replaced it and its last event does not end it."""
    last = last_event(events)
    return not replaced and not (last and last.status in last.ENDED)


def laid_on(events):
    """The partial date of the first event that laid the charge; None where it is not recorded."""
    laid = [e for e in in_order(events) if e.status == e.Status.CHARGED]
    return laid[0].on if laid else None
