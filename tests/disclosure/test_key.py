"""The key of the rounding: public for simulated figures, a secret of the home for real ones."""

import stat
from pathlib import Path

from pipelines.disclosure.key import FILE, rounding_key


def test_a_simulated_chain_has_one_key_on_every_machine(tmp_path: Path) -> None:
    first, second = (rounding_key(tmp_path / name, is_synthetic=True) for name in ("one", "other"))

    assert first == second
    assert not (tmp_path / "one").exists(), "nothing secret is made"


def test_a_real_chain_keeps_a_secret_of_its_own(tmp_path: Path) -> None:
    made = rounding_key(tmp_path / "home", is_synthetic=False)
    path = tmp_path / "home" / FILE

    assert rounding_key(tmp_path / "home", is_synthetic=False) == made
    assert rounding_key(tmp_path / "other", is_synthetic=False) != made
    assert len(made) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
