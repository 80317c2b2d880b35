"""Too much at once: what is let in is answered in time, the rest is told to come again, and one reader slows nobody else."""
