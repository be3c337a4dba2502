"""From a log nobody wrote a contract for to a chain, by `chain init` alone.

Not here: the figures of such a chain (`test_init_figures`).
"""

import csv
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipelines.chain.check import problems_of_chain
from pipelines.chain.folder import delivery_name
from pipelines.chain.log import LogError, find_notation, read_log
from pipelines.chain.proposal import propose
from pipelines.chain.roles import MOST_VALUES, Roles, reduce_log
from pipelines.cli import app
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.current_state import load_current_state
from pipelines.deliveries.intake.deliver import deliver
from pipelines.settings import Settings
from tests.chain import logs
from tests.chain.logs import CLERKS, STEPS, Written
from tests.examples import examples


def init(log: Path, folder: Path, *options: str) -> str:
    answer = CliRunner().invoke(
        app, ["chain", "init", str(log), "--yes", "--to", str(folder), *options]
    )
    assert answer.exit_code == 0, answer.output
    return answer.output


def refused(*arguments: str) -> str:
    answer = CliRunner().invoke(app, ["chain", "init", *arguments])
    assert answer.exit_code == 1, answer.output
    return answer.output.splitlines()[-1]


def csv_log(folder: Path, text: str, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def seed(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# --- The folder ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Written, Path, str]:
    """A small log in Dutch form, the chain made of it, and what was said."""
    folder = tmp_path_factory.mktemp("klein")
    written = logs.dutch_csv(folder, 40)
    return written, folder / "keten", init(written.path, folder / "keten")


def test_what_was_found_is_said(small):
    _, _, said = small
    for found in ("windows-1252, ;", "dd-MM-yyyy HH:mm", "Europe/Amsterdam (aangenomen)",
                  "Zaaknummer, vorm ^A\\-[0-9]{4}$", "weggelaten: Medewerker, Toelichting",
                  "Team Noord", "aanvraag_ontvangen"):  # fmt: skip
        assert found in said


def test_the_chain_is_whole_and_names_the_form_of_the_log(small):
    _, chain, _ = small
    settings = Settings(chain=chain)
    assert problems_of_chain(settings) == []
    [contract] = load_contracts(settings.contracts_dir).values()
    assert (contract.delimiter, contract.encoding, contract.timezone) == (
        ";", "windows-1252", "Europe/Amsterdam",
    )  # fmt: skip
    assert contract.event_log is not None
    assert contract.event_log.group == "Afdeling"
    assert contract.column("Tijdstip").date_format == "dd-MM-yyyy HH:mm"


def test_hand_offs_go_from_group_to_group(small):
    _, chain, _ = small
    sides = {
        (handoff["from_organisation"], handoff["to_organisation"])
        for handoff in seed(chain, "handoffs")
    }
    assert ("balie", "team_noord") in sides
    assert {organisation["parent"] for organisation in seed(chain, "organisations")[1:]} == {
        "aanvragen"
    }


def test_nothing_the_figures_do_not_need_is_kept(small):
    """No clerk, no remark and no case stands in the folder, the keys of cases in the log itself."""
    written, chain, _ = small
    for path in (path for path in chain.rglob("*") if path.is_file()):
        text = path.read_text("windows-1252")
        assert not [word for word in (*CLERKS, "belt terug") if word in text], path
        if path.parent.name != "inbox":
            assert "A-00" not in text, path
    [delivery] = (chain / "inbox").iterdir()
    lines = delivery.read_text("windows-1252").splitlines()
    assert lines[0] == "Zaaknummer;Handeling;Tijdstip;Afdeling"
    assert len(lines) == 1 + len(written.events)


@pytest.mark.parametrize("write", [logs.xes, logs.dutch_csv, logs.parquet])
def test_the_log_lands_as_pandas_reads_it(write, tmp_path):
    """Every event, its milestone and its moment, in small; `make test-long` goes on to figures."""
    written, chain = write(tmp_path, 40), tmp_path / "keten"
    init(written.path, chain)
    settings = Settings(home=tmp_path / "home", chain=chain)
    deliver([chain / "inbox"], settings)
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    contracts = load_contracts(settings.contracts_dir)
    known_at = datetime.now(UTC)
    load_current_state(connection, settings, contracts, date(2030, 1, 1), known_at)
    found = connection.sql("select activity, milestone, happened_at from raw.event_log").df()
    codes = {
        milestone["column_name"]: milestone["milestone"] for milestone in seed(chain, "milestones")
    }
    assert (found["milestone"] == found["activity"].map(codes)).all()
    landed = sorted(zip(found["activity"], found["happened_at"].dt.tz_convert("UTC"), strict=True))
    assert landed == sorted(zip(written.events["activity"], written.events["moment"], strict=True))


def test_a_start_and_an_end_in_one_row_are_two_events(tmp_path):
    written = logs.parquet(tmp_path, 30)
    init(written.path, tmp_path / "keten")
    [contract] = load_contracts(tmp_path / "keten" / "contracts").values()
    assert contract.event_log is not None
    assert (contract.event_log.start, contract.event_log.moment) == ("start_time", "end_time")
    assert f"{STEPS[0]}/complete" in contract.event_log.milestones


def test_the_first_names_of_an_xes_stay_out_and_its_steps_are_activities(tmp_path):
    written = logs.xes(tmp_path, 30)
    init(written.path, tmp_path / "keten")
    [contract] = load_contracts(tmp_path / "keten" / "contracts").values()
    assert [column.name for column in contract.columns] == [
        "case:concept:name", "concept:name", "time:timestamp", "lifecycle:transition",
    ]  # fmt: skip
    assert contract.event_log is not None
    assert f"{STEPS[1]}/start" in contract.event_log.milestones


def test_several_activities_may_be_one_milestone_and_several_exits_compete(small, tmp_path):
    """Both have a place by hand: one milestone named twice, a bar in `competing_milestone`."""
    chain = shutil.copytree(small[1], tmp_path / "keten")
    path = chain / "contracts" / "aanvragen_log.odcs.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    [mapping, *_] = document["schema"][0]["customProperties"]
    endings = {
        mapped["activity"]: mapped
        for mapped in mapping["value"]
        if mapped["activity"] in logs.ENDINGS
    }
    exits = "|".join(ending["milestone"] for ending in endings.values())
    [first, *others] = seed(chain, "handoffs")
    first["competing_milestone"] = exits
    write_rows(chain / "seeds" / "handoffs.csv", [first, *others])
    assert problems_of_chain(Settings(chain=chain)) == []

    merged, gone = (ending["milestone"] for ending in endings.values())
    endings[logs.ENDINGS[1]]["milestone"] = endings[logs.ENDINGS[0]]["milestone"] = merged
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    said = problems_of_chain(Settings(chain=chain))
    assert said
    assert all(gone in sentence for sentence in said)


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


# --- Refusals -----------------------------------------------------------------------------------

ROWS = "".join(
    f"{case};{step};2024-0{month}-11 10:0{at}\n"
    for case, month in (("x", 1), ("y", 2))
    for at, step in enumerate(("in", "uit"))
)


def test_nothing_is_written_before_somebody_says_so(tmp_path):
    log = csv_log(tmp_path, "zaak;activiteit;moment\n" + ROWS)
    assert "bevestig met --yes" in refused(str(log), "--to", str(tmp_path / "keten"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.csv"]


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    log = csv_log(tmp_path, "zaak;activiteit;moment\n" + ROWS)
    assert "niet leeg" in refused(str(log), "--yes", "--to", str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.csv"]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("a;b;c\n" + ROWS, [], "geen kolom gevonden voor --case; noem er een uit a, b, c"),
        ("a;b;c\n" + ROWS, ["--case", "d"], "kolom 'd' is er niet; kies uit a, b, c"),
        ("zaak;activiteit;moment\nx;in;gisteren\n", [], "geen tijdvorm leest alle momenten"),
        (
            "zaak;activiteit;moment\nx;in;01/02/2024\ny;in;02/01/2024\n",
            [],
            "te lezen als dd/MM/yyyy en als MM/dd/yyyy",
        ),
        (
            "zaak;activiteit;moment\nx;in;01-02-2024\n",
            ["--time-format", "dd-MM-yyyy hhhh"],
            "tijdvorm",
        ),
        ("zaak;activiteit;moment\nx;in;01-02-2024;4\n", [], "geen scheidingsteken"),
        ("zaak;activiteit;moment\n", [], "bevat geen gebeurtenissen"),
        ("zaak;activiteit;moment\nx;in;01-02-2024\ny;in;01-02-2024\n", [], "er is niets te meten"),
        (
            "zaak;activiteit;moment\nx;bel 0612345678;01-02-2024\n",
            [],
            "die lijken op telefoonnummer",
        ),
        ("zaak;zaak;moment\nx;in;01-02-2024\n", [], "noemt een kolom twee keer"),
    ],
)
def test_one_line_says_why_not(tmp_path, text, options, said):
    answer = refused(str(csv_log(tmp_path, text)), "--yes", "--to", str(tmp_path / "k"), *options)
    assert answer.startswith("Fout: ")
    assert said in answer
    assert not (tmp_path / "k").exists()


def test_more_activities_than_a_list_holds_are_refused(tmp_path):
    rows = "".join(f"x;stap {at};2024-01-11\n" for at in range(MOST_VALUES + 1))
    said = refused(str(csv_log(tmp_path, "zaak;activiteit;moment\n" + rows)), "--yes")
    assert f"{MOST_VALUES + 1} verschillende activiteiten, meer dan {MOST_VALUES}" in said


@pytest.mark.parametrize("name", ["log.txt", "log", "nergens.csv"])
def test_another_kind_of_file(tmp_path, name):
    if name != "nergens.csv":
        csv_log(tmp_path, ROWS, name)
    with pytest.raises(LogError):
        read_log(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.parquet", b"PAR1"), ("a.xes", b"<log><trace>"), ("a.csv.gz", b"zaak"), ("a.zip", b"")],
)
def test_a_damaged_file(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LogError):
        read_log(tmp_path / name)


@examples(20)
@given(
    content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode),
    kind=st.sampled_from(["csv", "xes", "parquet", "csv.gz", "xes.zip"]),
)
def test_any_file_is_a_log_or_is_refused(tmp_path_factory, content, kind):
    path = tmp_path_factory.mktemp("log") / f"log.{kind}"
    path.write_bytes(content)
    try:
        log = read_log(path)
    except LogError as error:
        assert ";" in str(error)  # the remedy
    else:
        assert {len(cells) for cells in log.columns.values()} == {log.n_rows}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--zone", "Europa/Amsterdam"], "tijdzone 'Europa/Amsterdam' bestaat niet"),
        (["--zone", "../etc"], "tijdzone '../etc' bestaat niet"),
        (["--name", "2024"], "begint niet met een letter"),
        (["--to", "bewaken_beveiligen"], "de naam van de ingebouwde keten"),
    ],
)
def test_an_option_that_cannot_be(tmp_path, options, said):
    log = csv_log(tmp_path, "zaak;activiteit;moment\n" + ROWS)
    assert said in refused(str(log), "--yes", "--to", str(tmp_path / "k"), *options)


# --- What is found ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("2011-10-01T00:38:44.546+02:00", "yyyy-MM-dd'T'HH:mm:ssXXX"),
        ("2011-10-01T00:38:44Z", "yyyy-MM-dd'T'HH:mm:ssXXX"),
        ("2011-10-01 00:38:44.123456789", "yyyy-MM-dd HH:mm:ss"),
        ("31-12-2024 23:59", "dd-MM-yyyy HH:mm"),
        ("31/12/2024", "dd/MM/yyyy"),
        ("12/31/2024 01:05", "MM/dd/yyyy HH:mm"),
        ("31.12.2024 08:00:00", "dd.MM.yyyy HH:mm:ss"),
    ],
)
def test_the_notation_of_moments_is_found(cell, form):
    assert find_notation([cell, None]).form == form


def test_a_key_without_one_closed_form_becomes_a_number(tmp_path):
    """`jansen@voorbeeld.nl` and nine bare digits are somebody; `A-0001` is a case."""
    for keys, pattern in (
        (("jansen@voorbeeld.nl", "y"), "^Z[0-9]{7}$"),
        (("123456782", "111222333"), "^Z[0-9]{7}$"),
        (("A-0001", "A-0002"), r"^A\-[0-9]{4}$"),
    ):
        text = "zaak;activiteit;moment\n" + ROWS.replace("x;", f"{keys[0]};").replace(
            "y;", f"{keys[1]};"
        )
        log = read_log(csv_log(tmp_path, text))
        reduced = reduce_log(log, Roles(), zone="Europe/Amsterdam")
        assert reduced.case_pattern == pattern
        assert all(re.match(pattern, str(key)) for key in reduced.columns["zaak"])


def test_groups_that_could_be_people_stay_out(tmp_path):
    text = "zaak;activiteit;moment;groep\n" + ROWS.replace("\n", ";Frederic\n")
    reduced = reduce_log(read_log(csv_log(tmp_path, text)), Roles(), zone="Europe/Amsterdam")
    assert reduced.roles.group is None
    assert "Frederic" not in str(reduced.columns)
    assert "lijkt namen of nummers van personen" in reduced.remarks[0]


@pytest.mark.parametrize(
    ("stops", "occurrence", "completed", "reversed_", "still_open"),
    [
        # Ten cases; in one of them the second activity comes first, and in the last row returns.
        ([], "first", 9, 0, 1),
        ([8], "first", 9, 1, 0),
        ([8, 12], "after", 10, 0, 0),
    ],
)
def test_a_stop_that_comes_back_is_looked_for_after_the_start(
    tmp_path, stops, occurrence, completed, reversed_, still_open
):
    rows = [(f"z{case}", "in", 10) for case in range(10)]
    rows += [(f"z{case}", "uit", 11) for case in range(9)] + [("z9", "uit", hour) for hour in stops]
    text = "zaak;activiteit;moment\n" + "".join(
        f"{case};{activity};2024-01-15 {hour:02d}:00\n" for case, activity, hour in rows
    )
    reduced = reduce_log(read_log(csv_log(tmp_path, text)), Roles(), zone="Europe/Amsterdam")
    [handoff] = propose(reduced, "x").handoffs
    assert (handoff.start.activity, handoff.stop.activity) == ("in", "uit")
    counts = (handoff.n_completed, handoff.n_reversed, handoff.n_open)
    assert (handoff.occurrence, counts) == (occurrence, (completed, reversed_, still_open))


@pytest.mark.parametrize(
    ("last", "reference_date"),
    [
        ("2024-07-11T23:30:00+00:00", "2024-07-12T01:30:00+02:00"),
        # Midnight is a day, so what happened on it counts until its end.
        ("2024-07-12T00:00:00+02:00", "2024-07-12"),
        ("2024-07-12", "2024-07-12"),
    ],
)
def test_the_reference_date_is_the_last_moment_on_the_clock_of_the_chain(
    tmp_path, last, reference_date
):
    first = last.replace("-07-", "-06-")
    text = f"zaak;activiteit;moment\nx;in;{first}\nx;uit;{last}\n"
    reduced = reduce_log(read_log(csv_log(tmp_path, text)), Roles(), zone="Europe/Amsterdam")
    proposal = propose(reduced, "x")
    assert proposal.reference_date == reference_date
    assert delivery_name(proposal) == "x_log_2024-07-12_v1.csv"


def test_the_same_log_in_another_order_gives_the_same_chain(tmp_path):
    log = read_log(logs.dutch_csv(tmp_path, 40).path)
    shuffled = np.random.default_rng(1).permutation(log.n_rows)
    table = pa.table(log.columns).take(pa.array(shuffled))
    other = type(log)(log.file_format, table.to_pydict(), log.delimiter, log.encoding)
    proposals = [
        propose(reduce_log(order, Roles(), zone="Europe/Amsterdam"), "x") for order in (log, other)
    ]
    assert proposals[0].handoffs == proposals[1].handoffs
    assert proposals[0].milestones == proposals[1].milestones
