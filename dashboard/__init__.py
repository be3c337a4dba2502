"""The screen: what one audience may see, shown in Dutch or English.

Belongs here: pages, components and the server that delivers them.
Does not belong here: computing figures, reading deliveries, deciding what may be shown, words and
forms (`pipelines.wording`). The only sources are the published file of one audience and the
settings; the platform's pages write the register of decisions too.
"""
