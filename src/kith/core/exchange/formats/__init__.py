"""File formats: tables and address cards read and written as streams, knowing nothing of models or Django.

Reading starts at `detect.open_table`, writing at `csv_out`, `xlsx_out`, `json_out` and `vcard_out`. What a reader finds
wrong carries a message key; `messages.explain` turns it into a sentence with its remedy.
"""
