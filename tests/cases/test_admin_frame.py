"""Staff pages of our own stand in one frame."""

import pytest
from django.template.loader import get_template

FRAMED = {
    "admin/frame.html": ["cases/frame", "campaigns/address", "campaigns/export", "campaigns/providers"],
    "admin/cases/frame.html": ["cases/review", "cases/earlier", "cases/decide", "cases/restore", "cases/pause"],
}


@pytest.mark.parametrize(("frame", "name"), [(frame, name) for frame, names in FRAMED.items() for name in names])
def test_the_frame_is_written_once(frame, name):
    source = get_template(f"admin/{name}.html").template.source
    assert source.startswith(f'{{% extends "{frame}" %}}')
    assert "breadcrumbs" not in source and "extrastyle" not in source
