"""The benchmarks: each stage has its place in the book, and a figure taken anew replaces the old one and no other."""

import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from bench import report
from bench.__main__ import STAGES
from bench.meters import cpu_seconds, family, memory_mb

pytestmark = pytest.mark.once


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_has_its_file_and_its_place_in_the_book(stage):
    file = Path(settings.BASE_DIR, "bench", "stages", f"{stage}.py")
    assert "def rows(site):" in file.read_text("utf-8")
    page = report.PAGE.read_text("utf-8")
    assert page.count(f"<!-- bench:{stage} -->") == page.count(f"<!-- /bench:{stage} -->") == 1


def test_a_stage_taken_anew_replaces_its_own_figures_alone(tmp_path):
    page = tmp_path / "performance.md"
    page.write_text("before\n<!-- bench:page -->\nold\n<!-- /bench:page -->\n<!-- bench:front -->\nkept\n", "utf-8")
    report.write("page", [report.Row("A page", "0.7 ms \\1", "≤ 0.8 ms", "14.5 ms", "wrk -c8")], page)
    text = page.read_text("utf-8")
    assert "| A page | 0.7 ms \\1 | ≤ 0.8 ms | 14.5 ms | `wrk -c8` |" in text
    assert "old" not in text and "before" in text and "kept" in text
    with pytest.raises(ValueError, match="no place"):
        report.write("memory", [], page)


def test_a_stage_that_is_not_there_is_refused_in_a_sentence():
    command = [sys.executable, "-m", "bench", "pages"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no stage pages. The stages are: page, signing" in done.stderr


def test_what_a_process_and_its_children_cost_is_read_from_the_system():
    busy = "import time\nwhile time.process_time() < 0.5: pass"
    work = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}]); input()"
    process = subprocess.Popen([sys.executable, "-c", work], stdin=subprocess.PIPE)
    try:
        assert process.pid in family(os.getpid())
        until = time.monotonic() + 60
        while cpu_seconds(process.pid) < 0.3:
            assert process.poll() is None, "It has ended before it was measured."
            assert time.monotonic() < until, "What the child cost is not seen."
            time.sleep(0.05)
        assert memory_mb(process.pid) > 1
    finally:
        process.communicate(b"\n")
    assert cpu_seconds(process.pid) == 0


def test_stages_are_read_without_a_cluster():
    for stage in STAGES:
        assert callable(importlib.import_module(f"bench.stages.{stage}").rows)
