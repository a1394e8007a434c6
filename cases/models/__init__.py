"""The record: who is held, where, on what charge, and how we know."""

from .advocacy import Recognition
from .custody import CustodyReport, Detention, DetentionOrder, Place
from .events import CaseEvent
from .history import Change, ImportedRow, LogEnd
from .identity import SlugRedirect
from .law import LegalCode, LegalProvision, OffenceType
from .media import Picture
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
from .staff import SavedFilter, SecurityEvent, StaffScope
from .standing import Standing
from .workflow import PAGE_LINKS, Amendment, EditLock, PublicationPlan, ReviewComment

__all__ = [
    "ARC",
    "PAGE_LINKS",
    "Affiliation",
    "Amendment",
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
    "EditLock",
    "Hearing",
    "ImportedRow",
    "LegalCode",
    "LegalProvision",
    "LogEnd",
    "OffenceType",
    "Organisation",
    "Pause",
    "Person",
    "PersonName",
    "Picture",
    "Place",
    "Proceeding",
    "PublicationBasis",
    "PublicationPlan",
    "Publisher",
    "Recognition",
    "ReviewComment",
    "RiskAssessment",
    "SavedFilter",
    "SecurityEvent",
    "Sentence",
    "SlugRedirect",
    "Source",
    "StaffScope",
    "Standing",
    "State",
    "arc_name",
]
