"""Pages of processes: moving records, asking for leave, editing processes, moving records to another edition."""
