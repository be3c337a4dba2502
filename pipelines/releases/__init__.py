"""Releases: figures that are approved, shown to the advisory body, cited, and never change.

Belongs here: the shelf of releases and its ledger, the steps from draft to publication with who may
take them, what a release takes over from those before it, its address and citation, and the package
to download.
Does not belong here: how figures are protected (`pipelines.disclosure`), whether they are safe
(`pipelines.audit`), the candidate a draft is made of (`pipelines.publication`), and pages.
"""
