"""What happened and what is planned: tasks, notes, attachments."""
