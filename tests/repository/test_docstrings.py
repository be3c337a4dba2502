"""What a module says lies elsewhere, lies there."""

import ast
import re
from pathlib import Path

import pytest

_SPAN = re.compile(r"`([^`\n]+)`")
_NAME = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*")
_ELSEWHERE = re.compile(r"(?:Not here:|Does not belong here:)(.*?)(?:\n\n|\Z)", re.S)


@pytest.fixture(scope="module")
def modules(root: Path, repository_files: list[Path]) -> dict[str, ast.Module]:
    """Every module of the product by its dotted name; a package by its own."""
    return {
        ".".join(file.with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            (root / file).read_text("utf-8")
        )
        for file in repository_files
        if file.suffix == ".py" and file.parts[0] in {"pipelines", "dashboard"}
    }


def defined_in(module: ast.Module) -> set[str]:
    """Functions, classes and constants of a module."""
    defined = {
        node.name for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    return defined | {
        target.id
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def is_there(name: str, said_by: str, modules: dict[str, ast.Module]) -> bool:
    """Whether a name leads somewhere from a module: seen from any package around it."""
    around = said_by.split(".")
    for depth in range(len(around) + 1):
        full = ".".join([*around[:depth], name])
        if full in modules:
            return True
        home, _, last = full.rpartition(".")
        if home in modules and last in defined_in(modules[home]):
            return True
    return False


def test_every_place_a_module_names_as_the_home_of_something_else_is_there(
    repository_files, modules
):
    """A module, a file, a folder at the top, or a table: a model of dbt or a delivered one."""
    files = {file.name for file in repository_files} | {file.parts[0] for file in repository_files}
    stems = {file.stem for file in repository_files if file.suffix in {".sql", ".yaml"}}
    tables = {stem.removesuffix(".odcs") for stem in stems}
    lost = [
        f"{said_by}: {name}"
        for said_by, module in modules.items()
        for elsewhere in _ELSEWHERE.findall(ast.get_docstring(module) or "")
        for name in _SPAN.findall(elsewhere)
        if _NAME.fullmatch(name)
        and not {name, name.removeprefix("raw.")} & (files | tables)
        and not is_there(name, said_by, modules)
        and not is_there(f"pipelines.{name}", said_by, modules)
    ]
    assert lost == []
