"""Another version of the product over the same state: forward, and never backward unnoticed."""

from pathlib import Path

import pytest

from pipelines import state
from pipelines.build import BuildError
from pipelines.road.lock import one_writer
from pipelines.settings import Settings
from tests.pipeline.test_change_road import command


def test_the_first_writer_leaves_the_form_of_the_state(tmp_path: Path) -> None:
    with one_writer(Settings(home=tmp_path)):
        pass
    assert (tmp_path / "state_form").read_text() == f"{state.FORM}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (str(state.FORM + 1), "is van een nieuwere versie"),
        ("99", "zet die versie terug, of herstel de reservekopie"),
        ("v2", "is geen getal; haal dat bestand weg"),
        ("²", "is geen getal"),
    ],
)
def test_a_state_this_version_does_not_know_is_left_alone(tmp_path: Path, text, says) -> None:
    (tmp_path / "state_form").write_text(text)
    for order in ("run", "build", "forget"):
        answer = command(order, home=tmp_path)
        [line] = answer.output.splitlines()
        assert answer.exit_code == 1
        assert line.startswith("Fout: ")
        assert says in line
    assert (tmp_path / "state_form").read_text() == text
    with pytest.raises(BuildError), one_writer(Settings(home=tmp_path)):
        pass
