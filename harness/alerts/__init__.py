"""Alert rules: files that say when somebody is to be called, the rules' own state machines, and what they are worth."""
