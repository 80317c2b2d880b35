"""Sealing: the ledger and the log become a hash chain, so that whoever changes them afterwards is found out.

What is sealed (`sources.py`): entries of the ledger, change-sets, lines of the log, records of erasure. Each row has a
*header* (who, when, what: ids, times, kinds) that stays for ever, and *bodies* (values, names, texts: what is about
people) that may be erased. The formula, where || joins bytes, texts are UTF-8, and a JSON array is written as PostgreSQL's
json_build_array and Python's json.dumps both write it, ["a", 1, null]:

    commitment = SHA-256( salt || JSON array of the columns of the body )              salt: 16 random bytes for each body
    leaf       = SHA-256( JSON array of the columns of the header || commitment of each body in order )
    hash       = SHA-256( hash of the seal before || JSON array of the facts of this seal || leaf of each row in order )
    hash before the first seal = 32 zero bytes
    facts of a seal = [number, source, lines, after_xact, after_key, until_xact, until_key, settled, microseconds of sealed_at]

Moments are whole microseconds since 1970 in UTC. Rows are in the order of (xact, id), where xact is the number of the
transaction that wrote them. A seal takes all rows of its source after (after_xact, after_key) up to (until_xact,
until_key); the first seal of a source begins at (0, ""), each other where the one before it ended. So no row can be added to,
taken from or moved within what is sealed. decisions/013 says why none can come late.

Erasing (`erasing.py`) empties a body and sets its salt to zeros. The commitment stays in the seal, the chain stays valid, and
nobody can find out by trying what the body was. Every erasure is itself a sealed row, so that a false one is found.

The last hash is written outside of the database (`anchors.py`): who recomputes the whole chain cannot recompute that.
"""
