"""A command goes on wherever it was given: no library is asked what lies around it there."""

import os
from pathlib import Path

import pytest

from pipelines import cli


@pytest.mark.parametrize(("may_enter", "stands_in"), [(True, "here"), (False, "/")])
def test_who_may_not_enter_the_folder_of_the_caller_leaves_it(
    tmp_path, monkeypatch, may_enter, stands_in
):
    """As with `sudo --user` from a home folder that is its owner's alone."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(os, "access", lambda path, _mode: may_enter or path != ".")

    # What a command does before all else.
    cli._stand_somewhere()

    assert (here.parent / stands_in).samefile(Path.cwd())
