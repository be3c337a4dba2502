"""What evaluations and experiences say: coded themes, how far to trust them, and answers.

Belongs here: the codebook and its versions, prevalence and co-occurrence of themes, agreement of
the two coders, distributions of answers. Frames in, frames out.

Does not belong here: estimators (`pipelines.statistics`), the long table the prevalences go into
(`pipelines.indicators`), protection of small numbers (`pipelines.disclosure`), free text: only
codes ever travel.
"""
