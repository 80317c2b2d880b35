"""Who is it: names, phones, mails, addresses and keys that mean the same in every script."""
