"""A server that is scripted from outside: a second port, on which any language says what goes wrong next."""
