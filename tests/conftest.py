"""Property tests draw the same examples every time, so that what passes here passes there.
`--hypothesis-profile=explore` draws others, and ten times as many."""

from hypothesis import settings

settings.register_profile("shared machine", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("shared machine")
