"""The record: who is held, where, on what charge, and how we know."""

from .advocacy import Recognition
from .custody import CustodyReport, Detention, DetentionOrder, Place
from .events import CaseEvent
from .history import Change, ImportedRow
from .identity import SlugRedirect
from .law import LegalCode, LegalProvision, OffenceType
from .organisations import Affiliation, Organisation
from .people import Person, PersonName
from .proceedings import (
    Charge,
    ChargeChange,
    ChargeEvent,
    ChargeSuccession,
    Hearing,
    Proceeding,
    Sentence,
)
from .protection import ConfidentialSource, ConsentRecord, Pause, PublicationBasis, RiskAssessment
from .publication import State
from .sources import ARC, Citation, Publisher, Source, arc_name
from .standing import Standing

__all__ = [
    "ARC",
    "Affiliation",
    "CaseEvent",
    "Change",
    "Charge",
    "ChargeChange",
    "ChargeEvent",
    "ChargeSuccession",
    "Citation",
    "ConfidentialSource",
    "ConsentRecord",
    "CustodyReport",
    "Detention",
    "DetentionOrder",
    "Hearing",
    "ImportedRow",
    "LegalCode",
    "LegalProvision",
    "OffenceType",
    "Organisation",
    "Pause",
    "Person",
    "PersonName",
    "Place",
    "Proceeding",
    "PublicationBasis",
    "Publisher",
    "Recognition",
    "RiskAssessment",
    "Sentence",
    "SlugRedirect",
    "Source",
    "Standing",
    "State",
    "arc_name",
]
