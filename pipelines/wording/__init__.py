"""Words and forms: what a reader sees on screen and on paper, and how numbers are written.

Belongs here: the texts (`texts/nl.yaml` and `texts/en.yaml`, one line per language per text), the
glossary, number, date, period and unit forms, and sentences made from published rows.
Does not belong here: figures, labels of the chain's own organisations, hand-offs and indicators
(they come from its seeds and register through the published file), pages (`dashboard`) and the
layout of the meeting pack (`pipelines.pack`).

The border: what is read in one place only stays with it. That are the lines of the command line
(`pipelines.cli`, `pipelines.road`), the reasons and remedies a chain partner gets
(`pipelines.deliveries`), and the questions and reasons of the register. Their numbers and days are
written by `formats` all the same, except where somebody must type one again: there a day stands as
in a file name (2026-03-31).
"""
