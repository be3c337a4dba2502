"""Publication: one read-only database file per audience, with its provenance.

Belongs here: what each audience's file holds, how it is written, checked at the door out and made
current, and how its content is hashed.
Does not belong here: computing figures, deciding what is disclosive (`pipelines.disclosure`), or
showing them (`dashboard`).
"""
