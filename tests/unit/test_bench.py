"""What the bench makes of its measurements."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.__main__ import main, renew
from bench.one import Sample
from bench.plot import as_svg
from bench.report import NAMES, as_table, results

SAMPLES = [
    Sample(way, users, users * 400, seconds * users / 100, 0.5, 90.0)
    for way, times in {"limit": (2.0, 9.0, 1.0), "populate": (3.0, 2.5, 2.4)}.items()
    for seconds in times
    for users in (100, 1000)
]
CIRCUMSTANCES = {
    "date": "2026-01-15",
    "cores": 2,
    "python": "3.11",
    "server": {"server_version": "18", "shared_buffers": "128MB", "fsync": "on"},
}


def test_a_result_is_a_median_and_its_ratio_to_the_limit_of_the_same_size() -> None:
    found = {(result.way, result.users): result for result in results(SAMPLES)}
    assert found["limit", 1000].seconds == 20
    assert found["populate", 1000].seconds == 25
    assert found["populate", 1000].ratio == pytest.approx(1.25)
    assert found["populate", 100].runs == 3


def test_a_server_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = f"postgresql://postgres@/postgres?host={tmp_path}"
    monkeypatch.setattr("sys.argv", ["bench", url, "--ways", "limit"])
    with pytest.raises(SystemExit, match=str(tmp_path)):
        main()


def test_the_plot_shows_a_line_for_each_way() -> None:
    picture = ElementTree.fromstring(as_svg(results(SAMPLES)))
    lines = [part for part in picture if part.tag.endswith("polyline")]
    texts = {part.text for part in picture if part.tag.endswith("text")}
    assert len(lines) == 2
    assert texts >= {NAMES["limit"], NAMES["populate"]}


def test_the_table_of_the_docs_is_renewed_and_the_rest_of_the_page_kept(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("before\n<!-- measured -->\nold\n<!-- end -->\nafter\n")
    renew(tmp_path, SAMPLES, CIRCUMSTANCES)
    text = page.read_text()
    assert text.startswith("before\n<!-- measured -->\nMeasured on 2026-01-15: PostgreSQL 18")
    assert as_table(results(SAMPLES)) in text
    assert text.endswith("(performance.svg)\n\n<!-- end -->\nafter\n")
    assert (tmp_path / "performance.svg").exists()
    assert (tmp_path / "performance.json").exists()
