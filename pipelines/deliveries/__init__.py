"""The door in: from a file of a chain partner to an accepted, immutable delivery.

Belongs here: contracts, reading files, the anonymity guard, rules on rows and deliveries, landing,
quarantine, punctuality, the current state of every delivered table, and feedback to the partner.
Does not belong here: anything about hand-offs or indicators (dbt and `pipelines.indicators`), the
orchestrator, and the simulation.
"""
