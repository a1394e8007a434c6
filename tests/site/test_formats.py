"""How days and moments are written where no template says it."""

import datetime as dt

from django.utils.formats import date_format, localize_input, sanitize_separators
from django.utils.translation import override


def test_a_day_stands_before_its_month_and_the_clock_has_24_hours():
    moment = dt.datetime(2026, 11, 24, 13, 7)
    with override("en"):
        assert date_format(moment, "DATETIME_FORMAT") == "24 November 2026, 13:07"
        assert date_format(moment, "SHORT_DATE_FORMAT") == "24 Nov 2026"


def test_forms_and_numbers_stay_as_they_were():
    with override("en"):
        assert localize_input(dt.date(2026, 11, 24)) == "2026-11-24"
        assert sanitize_separators("1,234") == "1234"
