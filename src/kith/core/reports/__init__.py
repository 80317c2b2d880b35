"""Reports: grouped tables over the rows a reader may see, each number with the list it is made of, and charts of them.

`shape` says what is asked, `reading` takes it from an address or JSON, `engine` computes it, `table` is the answer,
`charting` turns it into a chart, `charts/` draws charts, `exporting` writes files.
"""
