"""make docs: one page that tells every table and column, without a server."""

import subprocess
import sys
from pathlib import Path

from tests.installation import bare_environment


def test_the_page_tells_models_and_what_the_database_says_of_sources(tiny_site):
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.rollups.documentation"],
        env={**bare_environment(), **tiny_site.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    page = Path(tiny_site.environment["DOGEAR_HOME"]) / "docs" / "index.html"
    assert f"open file://{page} in a browser" in done.stdout
    text = page.read_text()
    assert "JSON INLINE DATA" not in text
    ((comment,),) = tiny_site.rows("select col_description('raw.events'::regclass, 1)")
    assert comment in text, "a source's column, described in the database"
    assert "One row per page view by a person." in text
