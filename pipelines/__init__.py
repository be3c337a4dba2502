"""The road from a chain partner's delivered file to a published figure.

Here: reading, checking, building, estimating, protecting and publishing, one package a step;
`README.md` beside this file is the map of them.
Not here: SQL (`dbt_project`), delivery specifications (`expectations`), pages (`dashboard`).
"""
