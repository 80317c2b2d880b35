"""What proves who somebody is, beside the password: an authenticator app, passkeys, recovery codes."""
