"""Whatever arrives, is typed or lies there: an answer or a clear refusal, never a fault.

Here: changing what is good (`mutate`), trying it on a parser (`tried`), and the parsers: in process
(`parsers`), as a whole (`whole`) and as pages (`pages`). `make fuzz` tries as many as it is told.
Not here: what a parser makes of it, which the chapters claim; what was found is a test there.
"""
