"""Who may do what: users, groups, roles, shares, tokens."""
