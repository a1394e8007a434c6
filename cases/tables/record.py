"""The tables of the record, in an order in which every row comes after those it refers to.

A column is named like the field it holds. What is no stated fact has no column: publication state, who verified and
when, consent, risk, the identity of a confidential source.
"""

from ..models import (
    ARC,
    Affiliation,
    CaseEvent,
    Charge,
    ChargeChange,
    ChargeEvent,
    ChargeSuccession,
    Citation,
    CustodyReport,
    Detention,
    DetentionOrder,
    Hearing,
    LegalCode,
    LegalProvision,
    OffenceType,
    Organisation,
    Person,
    PersonName,
    Place,
    Proceeding,
    Publisher,
    Recognition,
    Sentence,
    Source,
)
from .columns import ListColumn
from .table import RecordIdColumn, RecordTableColumn, Table


def _part(role):
    """The charges that have `role` in a change."""
    return ListColumn(role, Charge, ChargeSuccession, "change", "charge", {"role": role})


UNCITED = [
    Table("publishers", Publisher, "name counts_as is_court", unique=(("name",),)),
    Table(
        "sources",
        Source,
        "kind publisher title url published_on accessed_on archive_url language copy reliability is_confidential",
    ),
    Table("legal_codes", LegalCode, "name kind country"),
    Table("offence_types", OffenceType, "name", unique=(("name",),)),
    Table("places", Place, "country region city facility precision letters_accepted"),
]
CITED = [
    Table(
        "provisions",
        LegalProvision,
        "code article heading official_text translation in_force_from in_force_until penalty_min_months"
        " penalty_max_months life_imprisonment penalty_note offence_type",
        unique=(("code", "in_force_from", "article", "heading"),),
    ),
    Table(
        "organisations",
        Organisation,
        "slug name native_name kind country registration registration_note operation seat summary",
        unique=(("slug",),),
    ),
    Table(
        "proceedings",
        Proceeding,
        "slug name kind country lead_agency case_numbers joined_into severed_from summary",
        unique=(("slug",),),
    ),
    Table(
        "persons",
        Person,
        "slug display_name native_name gender birth_year country category occupation summary is_minor pseudonym"
        " noindex research_note",
        staff=("research_note",),
        unique=(("slug",),),
        person="pk",
    ),
    Table("names", PersonName, "person text kind script note sequence", unique=(("person", "text"),), person="person"),
    Table(
        "affiliations",
        Affiliation,
        "person organisation role from_on until_on attribution note sequence",
        person="person",
    ),
    Table(
        "detentions",
        Detention,
        "person kind legal_basis authority place arrest_place from_on until_on release note sequence",
        person="person",
    ),
    Table(
        "detention_orders",
        DetentionOrder,
        "detention kind court ordered_on months days expires_on summary sequence",
        person="detention__person",
    ),
    Table("custody_reports", CustodyReport, "person status as_of detail sequence", person="person"),
    Table("charges", Charge, "person proceeding provision wording alleged_by sequence", person="person"),
    Table("charge_events", ChargeEvent, "charge status on sequence court summary", person="charge__person"),
    Table(
        "charge_changes",
        ChargeChange,
        "person kind on decided_by reported_penalty summary sequence",
        unique=(("new",),),
        person="person",
        extra=(_part("replaced"), _part("new")),
    ),
    Table(
        "hearings",
        Hearing,
        "proceeding kind court on at_time time_zone status access outcome rescheduled_from sequence persons",
        person="persons",
    ),
    Table(
        "sentences",
        Sentence,
        "person proceeding hearing revises kind form on months text sequence",
        person="person",
    ),
    Table(
        "events",
        CaseEvent,
        "kind on sequence proceeding place place_text authority summary persons organisations",
        person="persons",
    ),
    Table(
        "recognitions",
        Recognition,
        "person recognised_by organisation category criteria on reported_by note sequence",
        person="person",
    ),
]
CITATIONS = Table(
    "citations",
    Citation,
    "source field stated_value stance locator quotation sequence",
    extra=(RecordTableColumn([table.name for table in CITED]), RecordIdColumn()),
)
TABLES = [*UNCITED, *CITED, CITATIONS]


def table_named(name):
    """The table called `name`, or None."""
    return next((table for table in TABLES if table.name == name), None)


def table_of(model):
    """The table whose rows are records of `model`."""
    return next(table for table in TABLES if table.model is model)


CITED_BY = {table_of(model).name: arc for arc, model in ARC.items()}
"""The name of a citable table → the foreign key of `Citation` that points to its rows."""
