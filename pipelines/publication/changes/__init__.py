"""Change explained: why a published figure differs from its previous publication.

Belongs here: which inputs of two publications differ and in which order they are exchanged, the
split of every difference into parts, and the figures of the builds in between.
Does not belong here: how a build is run (whoever orchestrates hands it in), and how the
table is shown (`dashboard`, `pack`).

The inputs of a figure are its definition, the deliveries, the merge list and the reference date.
They are exchanged one at a time, always in this order, and every build in between has the code of
today:

    F0  the previous publication, as published
    F1  + the definitions and norms of today
    F2  + late deliveries: of a peildatum published before, not known then (their first version)
    F3  + corrections: redeliveries, and what newer deliveries say about the time published before
    F4  + the merge list of today
    F5  the figures of today: + the new period (the reference date)

A part is the difference between two neighbours, so parts add up to the whole. An input that did not
change has no build of its own and a part of exactly zero; when one input changed, nothing is built
at all and the whole difference is its part.
"""
