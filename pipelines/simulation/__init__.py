"""The synthetic chain: a seeded simulation of every chain partner's deliveries, with its truth.

Here: cases, hand-offs, faults and stories that do not exist, and the files partners would send
about them. Not here: reading or judging deliveries, and real data of any kind. The pipeline never
imports this package; the command line and the tests do. Every case, person and note in it is made
up: everything shown from it says "synthetische gegevens".
"""
