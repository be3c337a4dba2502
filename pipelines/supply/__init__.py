"""What the product is made of, and how it comes to a machine without a network.

Here: the pins of the lock, the list of parts (SBOM) with their licences, known vulnerabilities of
those parts from a file, and the one archive that installs without an index.
Not here: which libraries are chosen (`pyproject.toml`), and anything a build or a page needs.
"""
