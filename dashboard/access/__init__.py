"""Who gets in: the door before every page, socket and file of a dashboard.

Belongs here: which addresses are our own, who somebody is, whether they may see this audience, how
many look at once, the plain pages of the door, and telling the access log.
Does not belong here: how the log is kept (`pipelines.access`), and any figure.
"""
