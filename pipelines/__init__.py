"""The road from a chain partner's delivered file to a published figure.

Here: reading, checking, building, estimating, protecting and publishing, one package a step
(`deliveries`, `statistics`, `disclosure`, `publication`), the thin Dagster layer over them
(`assets`, `definitions`), the command line (`cli`) and the synthetic chain (`simulation`).
Not here: SQL (`dbt_project`), delivery specifications (`expectations`), pages (`dashboard`).
"""
