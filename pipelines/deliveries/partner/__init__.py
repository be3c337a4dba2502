"""What a chain partner is sent, in Dutch: the specification of a delivery, and what became of one.

Here: pages and lists that need nothing beside them.
Not here: the judgement itself (`intake`, `guard`), and figures over many deliveries (the pages).
"""
