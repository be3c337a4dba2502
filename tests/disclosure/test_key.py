"""The key of the rounding: public for simulated figures, a secret of the home for real ones."""

import stat

import pytest

from pipelines.build import BuildError
from pipelines.disclosure.key import FILE, NOTE, rounding_key


def test_a_simulated_chain_has_one_key_on_every_machine(tmp_path):
    first, second = (rounding_key(tmp_path / name, is_synthetic=True) for name in ("one", "other"))

    assert first == second
    assert not (tmp_path / "one").exists(), "nothing secret is made"


def test_a_real_chain_keeps_a_secret_of_its_own(tmp_path):
    made = rounding_key(tmp_path / "home", is_synthetic=False)
    path = tmp_path / "home" / FILE

    assert rounding_key(tmp_path / "home", is_synthetic=False) == made
    assert rounding_key(tmp_path / "other", is_synthetic=False) != made
    assert len(made) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "ab", "\0", "0" * 63, f"{'0' * 64} {'0' * 64}\n"])
def test_a_key_that_is_no_longer_whole_stops_the_work_and_says_what_to_do(tmp_path, content):
    rounding_key(tmp_path, is_synthetic=False)
    (tmp_path / FILE).chmod(0o600)
    (tmp_path / FILE).write_text(content)

    with pytest.raises(BuildError, match="zet het terug uit een back-up"):
        rounding_key(tmp_path, is_synthetic=False)


def test_a_lost_key_is_not_made_anew_in_silence(tmp_path):
    """With another key the same counts are rounded another way, and two ways tell more than one."""
    rounding_key(tmp_path, is_synthetic=False)
    (tmp_path / FILE).unlink()

    with pytest.raises(BuildError, match=f"{FILE} ontbreekt.*back-up.*{NOTE}"):
        rounding_key(tmp_path, is_synthetic=False)
    assert not (tmp_path / FILE).exists()

    rounding_key(tmp_path / "other", is_synthetic=False)
    (tmp_path / "other" / FILE).rename(tmp_path / FILE)
    with pytest.raises(BuildError, match=f"{FILE} is niet de sleutel van {NOTE}"):
        rounding_key(tmp_path, is_synthetic=False)

    (tmp_path / FILE).unlink()
    (tmp_path / NOTE).unlink()
    assert len(rounding_key(tmp_path, is_synthetic=False)) == 32


def test_a_key_of_before_it_was_noted_is_noted(tmp_path):
    made = rounding_key(tmp_path, is_synthetic=False)
    (tmp_path / NOTE).unlink()

    assert rounding_key(tmp_path, is_synthetic=False) == made
    assert (tmp_path / NOTE).exists()
