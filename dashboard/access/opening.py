"""Whether a dashboard may be opened as it is asked to: where it listens, and with which secrets.

Here: refusing before a process starts, with the remedy.
Not here: starting it (`dashboard.serve`).
"""

from collections.abc import Sequence

from pipelines.access.secrets import CLIENT, COOKIE, PROXY, make_secret, read_secret
from pipelines.access.sign_in import Method, is_loopback
from pipelines.settings import Settings


def refuse_to_open(settings: Settings, audiences: Sequence[str], address: str) -> None:
    """Refuse what would let somebody in unseen; make the secret that signs sessions.

    Args:
        settings: How people are signed in.
        audiences: Whose dashboards are to be opened.
        address: Where they are to listen.

    Raises:
        RuntimeError: It may not be opened so; the message is in Dutch and names the remedy.
        SecretError: A secret is not there or not secret.
    """
    sign_in = settings.sign_in
    if sign_in is None:
        if not is_loopback(address):
            raise RuntimeError(
                "zonder aanmelden luistert een dashboard alleen op deze machine, niet op "
                f"{address}; richt eerst [sign_in] in (kwaliteitsmonitor.toml in de thuismap) of "
                "laat --address weg"
            )
        return
    for audience in audiences:
        if audience not in sign_in.groups:
            raise RuntimeError(
                f"aanmelden noemt geen groepen en adres voor '{audience}'; zet ze in "
                "[sign_in.groups] en [sign_in.addresses], of toon dit dashboard niet"
            )
        if not is_loopback(address) and not sign_in.addresses[audience].startswith("https://"):
            raise RuntimeError(
                f"'{audience}' zou op {address} onversleuteld zijn; geef haar een adres dat met "
                "https:// begint, en een proxy daarvoor"
            )
    if sign_in.method is Method.openid:
        make_secret(settings.sign_in_dir, COOKIE)
        read_secret(settings.sign_in_dir, COOKIE)
        read_secret(settings.sign_in_dir, CLIENT)
    else:
        read_secret(settings.sign_in_dir, PROXY)
