"""Pages of the desk about one record stand in one frame."""

import pytest
from django.template.loader import get_template

FRAMED = ["review", "earlier", "decide", "restore"]


@pytest.mark.parametrize("name", FRAMED)
def test_the_frame_is_written_once(name):
    source = get_template(f"admin/cases/{name}.html").template.source
    assert source.startswith('{% extends "admin/cases/frame.html" %}')
    assert "breadcrumbs" not in source and "extrastyle" not in source
