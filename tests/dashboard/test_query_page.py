"""The page on which a researcher asks a question in SQL."""

import pytest

from tests.dashboard.published_fixture import write_tiny


def test_the_question_of_a_link_is_asked_and_answered(researcher, render):
    rendered = render(
        researcher, "query",
        sql="select status, count(*) as n from fct_handoff group by all order by all",
    )  # fmt: skip

    assert "completed 38 open 2" in rendered.text
    assert rendered.app.text_area(key="question_text").value.startswith("select status")


@pytest.mark.parametrize(
    ("sql", "language", "said"),
    [
        ("from fct_handof", "nl", "De tabel ‘fct_handof’ staat niet in dit bestand."),
        ("from fct_handof", "en", "What is like it: fct_handoff."),
        ("drop table result", "nl", "‘drop’ is geen vraag die leest."),
        ("from read_csv('/etc/passwd')", "nl", "‘/etc/passwd’ ligt buiten dit bestand"),
    ],
)
def test_a_refusal_names_the_culprit_and_the_remedy(researcher, render, sql, language, said):
    assert said in render(researcher, "query", sql=sql, taal=language).text


def test_what_an_answer_holds_stays_text(researcher, render):
    html = render(researcher, "query", sql="select '<script>alert(1)</script>' as x").html

    assert "<script>" not in html and "&lt;script&gt;" in html


def test_nobody_else_has_the_page(tmp_path, render):
    write_tiny(tmp_path / "platform")

    app = render(tmp_path / "platform").app
    with pytest.raises(ValueError, match="query"):
        app.switch_page("app_pages/query.py").run()
