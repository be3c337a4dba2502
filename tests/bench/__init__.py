"""Benchmarks: how long the pipeline takes, beside a plain peer in the same run. Not tests."""
