"""Every sentence a reader sees, one line per language (`nl.yaml`, `en.yaml`), and the glossary.

Belongs here: words. Does not belong here: labels of the chain's own organisations, hand-offs and
indicators, which come from its seeds and register through the published file.
"""
