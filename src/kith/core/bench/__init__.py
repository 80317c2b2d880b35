"""The benchmark: a large data set in its own folder, every budget of the design measured over HTTP beside plain SQL."""
