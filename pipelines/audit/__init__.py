"""Audit: what a reader can prove about small groups from what is published, and nothing else.

Belongs here: reading a published file, the quantities and identities in it, and the bounds they
prove. Public: `audit`, `examine`, `read_published`, `Published`, `Apart`.
Does not belong here: anything of how the file was protected. The audit imports neither
`pipelines.disclosure` nor `pipelines.publication`; an error there must not be repeated here.
"""

from pipelines.audit.apart import Apart
from pipelines.audit.examine import Examined, audit, examine
from pipelines.audit.published import Published, read_published

__all__ = ["Apart", "Examined", "Published", "audit", "examine", "read_published"]
