"""Facts for the demonstration that all areas share: authorities, bodies, cases, sign-ins."""
