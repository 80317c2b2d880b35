"""The benchmark: a large data set in its own folder, every budget of the design measured over HTTP beside plain SQL."""

#: Modules of apps with rows and cases of their own (see `parts`); loaded by the benchmark only.
further: list[str] = []
