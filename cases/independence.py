"""How many independent publishers stand behind a statement."""


def independent_publishers(sources):
    """The ids of the independent publishers of `sources` (each with its publisher loaded).

    Publishers that share texts count once (`counts_as`); a page that merely republishes somebody unnamed counts for
    nobody; a confidential source has no publisher to count.
    """
    found = set()
    for source in sources:
        publisher = source.publisher
        if publisher is None:
            continue
        if publisher.counts_as_id:
            found.add(publisher.counts_as_id)
        elif source.copy != source.Copy.REPUBLICATION:
            found.add(publisher.pk)
    return found


def has_court_document(sources):
    """Whether a court's own paper is among `sources`."""
    return any(source.kind in (source.Kind.COURT_DOCUMENT, source.Kind.JUDGMENT) for source in sources)
