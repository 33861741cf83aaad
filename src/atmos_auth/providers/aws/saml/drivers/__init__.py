"""Ways to sign in to an identity provider: an address and a person's answers in, a SAML response out."""
