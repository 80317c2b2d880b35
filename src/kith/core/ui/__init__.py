"""What the browser sees: templates, formats, the shell around every page, answers to htmx."""
