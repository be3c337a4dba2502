"""A name of a class is there for a rule, a script or a walk: none is left over on either side."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Not the variables of the stylesheet.
NAME = re.compile(r"(?<!--)km-[a-z0-9-]*[a-z0-9](?:-?\{)?")


def names(*patterns: str) -> set[str]:
    """Names of classes in files; one that ends in `{` goes on as the page wants it."""
    files = (path for pattern in patterns for path in ROOT.glob(pattern))
    return {name for path in files for name in NAME.findall(path.read_text(encoding="utf-8"))}


def begin_alike(name: str, others: set[str]) -> bool:
    """Whether a name is one of the others, as far as it is written out."""
    return name in others or any(
        name.startswith(other.removesuffix("{"))
        if other.endswith("{")
        else name.endswith("{") and other.startswith(name.removesuffix("{"))
        for other in others
    )


PAGES = names("dashboard/**/*.py", "pipelines/charts/*.py")
STYLED = names("dashboard/static/*.css", "dashboard/static/*.js")
WALKED = names("tests/dashboard/*.py")


def test_every_class_on_a_page_has_a_rule_or_is_looked_for():
    assert len(PAGES) > 100
    assert {name for name in PAGES if not begin_alike(name, STYLED | WALKED)} == set()


def test_every_rule_has_a_page():
    assert {name for name in STYLED if not begin_alike(name, PAGES)} == set()
